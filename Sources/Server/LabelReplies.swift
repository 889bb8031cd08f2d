import Bytes
import Commerce
import Engine
import Wire

// Replies about tags and blocks.
extension ByteWriter {
    mutating func reply(toLabels outcome: CommandOutcome, tag: [UInt8]?) {
        switch outcome {
        case .labels(let labels, _, let customer, let sequence, let isDuplicate):
            beginOK(tag: tag)
            key("customer")
            customerNumber(customer)
            key("tags")
            openArray()
            for note in labels.tags { string(note.tag.text) }
            closeArray()
            if let group = labels.group {
                key("group")
                string(group.name)
            }
            key("blocked")
            bool(labels.block != nil)
            key("duplicate")
            bool(isDuplicate)
            key("seq")
            number(sequence)
            endReply()
        case .refused(let refusal): error(refusal, tag: tag)
        default: preconditionFailure("a label is answered by labels")
        }
    }
}
