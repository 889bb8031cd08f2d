import Bytes
import Commerce
import Engine
import Wire

// What a session does with commands about rules, and the replies.
extension Session {
    func rule(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        _ = try currentHasher()
        let actor = try RequestReader.actor(request)
        guard name == .ruleTest else {
            return builder.rule(try RequestReader.rule(request, name), actor: actor, tag: tag)
        }
        let wanted = try RequestReader.ruleTest(request)
        guard case .success(let engine) = host.engine else { return }
        let (shop, lane) = (shop, host.lane)
        wait(tag) { completion in
            engine.testRule(
                wanted.name, shop: shop, since: wanted.since, limit: wanted.limit, actor: actor, from: lane
            ) { result in
                var output = ByteWriter(capacity: 1_024)
                switch result {
                case .success(let report): output.reply(report, tag: tag)
                case .failure(let refusal): output.error(refusal, tag: tag)
                }
                let bytes = output.copyBytes()
                engine.lastSequence(from: lane) { completion(bytes, $0) }
            }
        }
    }
}

extension ByteWriter {
    mutating func reply(toRule outcome: CommandOutcome, tag: [UInt8]?) {
        switch outcome {
        case .rule(let reply, _):
            for row in reply.rows {
                append("ROW ")
                append(row)
                append(UInt8(ascii: "\n"))
            }
            ok(reply.object.span, tag: tag)
        case .refused(let refusal): error(refusal, tag: tag)
        default: preconditionFailure("a command about rules is answered by one")
        }
    }

    fileprivate mutating func reply(_ report: RuleTestReport, tag: [UInt8]?) {
        for sample in report.samples {
            beginRow()
            key("change")
            string(sample.kind.word)
            key("subject")
            string(sample.subject)
            key("would")
            openArray()
            for outcome in sample.outcomes {
                openObject()
                key("action")
                string(outcome.action)
                key("done")
                bool(outcome.hasActed)
                // What it would be called is not known before it is.
                if !outcome.hasActed {
                    key("reason")
                    string(outcome.text)
                }
                closeObject()
            }
            closeArray()
            endReply()
        }
        beginOK(tag: tag)
        key("rule")
        string(report.rule)
        key("version")
        number(report.version)
        for (name, count) in [
            ("changes", report.changes), ("matched", report.matched), ("acted", report.acted),
            ("withheld", report.withheld),
        ] {
            key(name)
            number(count)
        }
        key("more")
        bool(report.isCut)
        endReply()
    }
}
