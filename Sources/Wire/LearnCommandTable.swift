/// Learning rules from the shop's own data.
extension CommandTable {
    static let learning = CommandDescription(
        name: .identityLearn, text: "IDENTITY.LEARN", arguments: "[activate=yes] [actor=]",
        summary: "learns weights from this shop's profiles and proposes them as a version of its rules",
        details:
            "Needs no labels. Answers the version's number, or unchanged:true if nothing differs enough from the rules in force. activate=yes puts the version into force; what it touches is weighed again in the background. A shop that has doubled is learned from unasked; activation stays with people.",
        options: ["activate", "actor"], plainArguments: 0, takesJSON: false)
}
