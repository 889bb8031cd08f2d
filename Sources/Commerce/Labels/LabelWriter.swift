import Bytes

extension ByteWriter {
    /// `tags` and `blocked` as members of a customer; what there is none of is left out.
    /// - Parameter isWhole: with who put each there, when and why; rows of lists have the words alone.
    package mutating func labels(_ labels: CustomerLabels, isWhole: Bool) {
        if !labels.tags.isEmpty { tags(labels, isWhole: isWhole) }
        guard let block = labels.block else { return }
        key("blocked")
        guard isWhole else { return bool(true) }
        openObject()
        key("reason")
        string(block.reason)
        key("actor")
        string(block.actor)
        key("at")
        timestamp(Timestamp(milliseconds: block.at))
        closeObject()
    }

    private mutating func tags(_ labels: CustomerLabels, isWhole: Bool) {
        key("tags")
        openArray()
        for note in labels.tags { string(note.tag.text) }
        closeArray()
        guard isWhole else { return }
        key("tagNotes")
        openArray()
        for note in labels.tags {
            openObject()
            key("tag")
            string(note.tag.text)
            key("actor")
            string(note.actor)
            if !note.cause.isEmpty {
                key("cause")
                string(note.cause)
            }
            key("at")
            timestamp(Timestamp(milliseconds: note.at))
            closeObject()
        }
        closeArray()
    }
}
