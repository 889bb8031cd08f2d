import Bytes
import Commerce
import Engine
import Wire

/// Answers one slice of an export.
enum ExportTask {
    /// `completion` runs on `lane` with the reply's lines and what the log wants to know.
    static func run(
        _ engine: Engine, _ question: ExportQuestion, shop: String, tag: [UInt8]?, from lane: any EngineLane,
        _ completion: @escaping @Sendable ([UInt8], ExportAnswer) -> Void
    ) {
        engine.export(question, ofShopNamed: shop, from: lane) { answer in
            var output = ByteWriter(capacity: answer.bytes.count + 5 * answer.rows.count + 128)
            for row in answer.rows {
                output.append("ROW ")
                output.append(answer.bytes.span.extracting(row.range))
                output.append(UInt8(ascii: "\n"))
            }
            output.beginOK(tag: tag)
            output.key("rows")
            output.number(answer.rows.count)
            output.key("next")
            output.string("\(answer.next)" as String)
            output.key("done")
            output.bool(answer.isDone)
            if question.kind == .profiles {
                output.key("guests")
                output.number(answer.guests)
            }
            output.endReply()
            completion(output.copyBytes(), answer)
        }
    }
}

/// Who took what out of which shop: one line when an export begins, and one when it ends or is given up, however many
/// slices it came in. Confined to its session's lane.
struct ExportLog {
    private struct Running {
        let kind: ExportKind
        let shop: String
        let actor: String
        var next: Int
        var rows = 0
    }

    private var running: Running?

    /// Notes a slice that is asked for; `write` takes lines for the log.
    mutating func begin(
        _ question: ExportQuestion, shop: String, actor: String,
        _ write: (String, KeyValuePairs<String, String>) -> Void
    ) {
        if let running, running.kind == question.kind, running.shop == shop, running.actor == actor,
            running.next == question.after
        {
            return
        }
        end(write)
        running = Running(kind: question.kind, shop: shop, actor: actor, next: question.after)
        write(
            "export-began",
            ["kind": question.kind.text, "shop": shop, "actor": actor, "after": "\(question.after)"])
    }

    /// Notes a slice that was answered.
    mutating func answered(_ answer: ExportAnswer, _ write: (String, KeyValuePairs<String, String>) -> Void) {
        running?.rows += answer.rows.count
        running?.next = answer.next
        if answer.isDone { end(write) }
    }

    /// Nothing more is asked for.
    mutating func end(_ write: (String, KeyValuePairs<String, String>) -> Void) {
        guard let running else { return }
        self.running = nil
        write(
            "export-ended",
            [
                "kind": running.kind.text, "shop": running.shop, "actor": running.actor, "rows": "\(running.rows)",
                "next": "\(running.next)",
            ])
    }
}
