import Bytes
import Commerce
import Engine
import Wire

/// `IDENTITY.LEARN`: takes its time, and may write. `completion` runs on `lane` with the reply.
enum LearningTask {
    static func learn(
        _ engine: Engine, shop: String, askedBy person: String, activates: Bool, tag: [UInt8]?,
        from lane: any EngineLane,
        _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        engine.learnRules(ofShopNamed: shop, askedBy: person, activates: activates, from: lane) { result in
            var output = ByteWriter()
            switch result {
            case .success(let report): output.reply(report, tag: tag)
            case .failure(let refusal): output.error(refusal, tag: tag)
            }
            completion(output.copyBytes())
        }
    }
}

extension ByteWriter {
    fileprivate mutating func reply(_ report: LearningReport, tag: [UInt8]?) {
        beginOK(tag: tag)
        if let version = report.version {
            key("version")
            number(version)
            key("active")
            bool(report.isActive)
        } else {
            key("unchanged")
            bool(true)
        }
        key("basis")
        string(report.basis)
        key("seq")
        number(report.sequence)
        endReply()
    }
}
