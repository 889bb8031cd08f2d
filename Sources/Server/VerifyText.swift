import Bytes
import Commerce
import Store
import Wire

/// A verify report as the lines of a reply: one ROW per file, then the verdict.
package enum VerifyText {
    package static func write(_ report: VerifyReport, tag: [UInt8]?, into output: inout ByteWriter) {
        for file in report.files { row(file, into: &output) }
        let damages = report.damage + report.files.flatMap(\.damage)
        guard report.isIntact else {
            let first = damages.first.map(\.description) ?? "see the rows"
            return output.error(Refusal(.internal, "damaged: \(first)"), tag: tag)
        }
        output.beginOK(tag: tag)
        output.key("files")
        output.number(report.files.count)
        output.key("seq")
        output.number(report.lastSequence)
        output.key("verdict")
        output.string((report.files.contains { $0.tornCut != nil } ? "torn" : "clean") as String)
        output.endReply()
    }

    private static func row(_ file: FileVerdict, into output: inout ByteWriter) {
        output.beginRow()
        output.key("file")
        output.string(file.file)
        output.key("kind")
        output.string(file.kind.rawValue)
        output.key("verdict")
        output.string((!file.damage.isEmpty ? "corrupt" : file.tornCut != nil ? "torn" : "clean") as String)
        output.key("bytes")
        output.number(file.bytes)
        output.key("firstSeq")
        output.number(file.firstSequence)
        output.key("lastSeq")
        output.number(file.lastSequence)
        output.key("items")
        output.number(file.items)
        if let cut = file.tornCut {
            output.key("torn")
            output.string(cut.description)
        }
        if !file.damage.isEmpty {
            output.key("damage")
            output.openArray()
            for damage in file.damage { output.string(damage.description) }
            output.closeArray()
        }
        output.endReply()
    }
}
