import Bytes
import Commerce
import Engine
import Wire

// Members and rows of replies about who is who.
extension ByteWriter {
    // MARK: Decisions

    /// What a decision has brought about.
    mutating func members(of outcome: IdentityOutcome) {
        switch outcome {
        case .decided(let customers, let numbers, let isDuplicate, let isPreview):
            key("customers")
            openArray()
            for (number, profiles) in zip(numbers, customers) {
                openObject()
                key("number")
                customerNumber(number)
                key("profiles")
                self.numbers(profiles)
                closeObject()
            }
            closeArray()
            key("duplicate")
            bool(isDuplicate)
            if isPreview {
                key("preview")
                bool(true)
            }
        case .version(let version, let isDuplicate):
            key("version")
            number(version)
            key("duplicate")
            bool(isDuplicate)
        case .configured(let isDuplicate):
            key("duplicate")
            bool(isDuplicate)
        case .blocked: preconditionFailure("what is blocked is told with its invoices")
        }
    }

    /// Elements of `related` in a dossier.
    mutating func related(_ customers: [RelatedCustomer]) {
        for customer in customers {
            openObject()
            key("customer")
            customerNumber(customer.number)
            key("kind")
            switch customer.tie {
            case .finding(let reason, let milliseconds):
                string(reason == .sameCompany ? "company" : "household")
                key("by")
                string("rules")
                key("at")
                timestamp(Timestamp(milliseconds: milliseconds))
                key("reason")
                string(reason.text)
            case .decision(let decision):
                string("linked")
                key("by")
                string(decision.actor)
                key("at")
                timestamp(Timestamp(milliseconds: decision.at))
                if !decision.reason.isEmpty {
                    key("reason")
                    string(decision.reason)
                }
            }
            closeObject()
        }
    }

    // MARK: The queue

    /// A doubtful pair as a ROW of `IDENTITY.QUEUE`, with what a person needs to decide it.
    mutating func row(
        of pair: DoubtfulPair, _ one: (CustomerMembers, [DossierPart]), _ two: (CustomerMembers, [DossierPart]),
        _ facts: RecordFacts
    ) {
        beginRow()
        key("pair")
        number(pair.number)
        key("score")
        bits(pair.pair.weight.score)
        let reason = PairReason(rawValue: pair.edge.reason) ?? .none
        key("reason")
        string("\(reason)" as String)
        key("text")
        string("\(reason.text)" as String)
        key("a")
        customer(one.0, one.1)
        key("b")
        customer(two.0, two.1)
        key("profiles")
        openArray()
        for profile in [pair.edge.older, pair.edge.newer] {
            string(facts.answers[.name(profile: profile)]?.first ?? "")
        }
        closeArray()
        waterfall(pair.pair, facts)
        key("at")
        timestamp(Timestamp(milliseconds: pair.edge.at))
        endReply()
    }

    // MARK: Values without force

    /// A ROW of `QUARANTINE.LIST`.
    /// - Parameter customers: living numbers of some carriers' customers.
    mutating func row(of value: WatchedValue, _ customers: [UInt32], _ facts: RecordFacts) {
        beginRow()
        key("kind")
        string("\(value.kind.text)" as String)
        if let text = value.questions.lazy.compactMap({ facts.answers[$0]?.first }).first {
            key("value")
            string(text)
        }
        key("state")
        string(value.state.rawValue)
        key("carriers")
        number(value.carrierCount)
        key("customers")
        openArray()
        for customer in customers { customerNumber(customer) }
        closeArray()
        if let watch = value.watch {
            key("by")
            string(watch.actor)
            key("at")
            timestamp(Timestamp(milliseconds: watch.at))
        }
        key("undone")
        openArray()
        for edge in value.undone { numbers([edge.older, edge.newer]) }
        closeArray()
        endReply()
    }

    // MARK: Rules

    /// A ROW per version of the rules.
    mutating func rows(of identity: ShopIdentity) {
        for (place, version) in identity.versions.enumerated() {
            beginRow()
            head(of: version, place + 1, isActive: Int(identity.activeVersion) == place + 1)
            endReply()
        }
    }

    private mutating func head(of version: RulesVersion, _ number: Int, isActive: Bool) {
        key("version")
        self.number(number)
        key("active")
        bool(isActive)
        key("basis")
        string(version.basis)
        key("proposedBy")
        string(version.proposedBy)
        time("proposedAt", version.proposedAt)
        if let activator = version.activatedBy {
            key("activatedBy")
            string(activator)
            time("activatedAt", version.activatedAt)
        }
    }

    /// What every shop begins with has no time.
    private mutating func time(_ name: StaticString, _ milliseconds: Int64) {
        guard milliseconds != 0 else { return }
        key(name)
        timestamp(Timestamp(milliseconds: milliseconds))
    }

    /// One version with all its weights.
    mutating func members(of identity: ShopIdentity, version: Int) {
        let rules = identity.versions[version - 1].rules
        head(of: identity.versions[version - 1], version, isActive: Int(identity.activeVersion) == version)
        key("prior")
        bits(rules.prior)
        key("mergeThreshold")
        bits(rules.mergeThreshold)
        key("queueThreshold")
        bits(rules.queueThreshold)
        key("addressLimit")
        bits(rules.addressLimit)
        key("weights")
        openObject()
        for field in MatchField.allCases {
            key("\(field)" as String)
            openObject()
            for level in PairLevel.allCases where level != .missing {
                key("\(level)" as String)
                bits(rules.weight(field, level))
            }
            closeObject()
        }
        closeObject()
    }

    // MARK: Status and settings

    mutating func members(of status: IdentityStatus) {
        key("match")
        string(status.identity.mode.text)
        key("version")
        number(status.identity.activeVersion)
        key("versions")
        number(status.identity.versions.count)
        key("waiting")
        number(status.waitingProfiles)
        key("queue")
        number(status.doubtfulPairs)
        key("quarantined")
        number(status.quarantinedValues)
        key("decisions")
        number(status.decisions)
        key("seq")
        number(status.sequence)
    }

    mutating func members(of settings: ShopSettings) {
        key("match")
        string(settings.mode.text)
        key("bookings")
        string(settings.protectsBookings ? "protect" : "allow")
        for (name, word) in [("matchSet", settings.modeWord), ("bookingsSet", settings.bookingsWord)] {
            guard let word else { continue }
            key(name)
            openObject()
            members(of: word)
            closeObject()
        }
        key("version")
        number(settings.activeVersion)
        key("sources")
        openArray()
        for source in settings.sources {
            openObject()
            key("source")
            string(source.name)
            key("duplicates")
            string(source.knowsBuyersOnce ? "no" : "yes")
            key("declared")
            bool(source.isDeclared)
            if let word = source.word { members(of: word) }
            closeObject()
        }
        closeArray()
    }

    private mutating func members(of word: SettingWord) {
        key("by")
        string(word.actor)
        key("at")
        timestamp(Timestamp(milliseconds: word.at))
    }

    /// Hundredths of a bit as a number of bits.
    mutating func bits(_ hundredths: Int32) {
        let size = hundredths.magnitude
        let text = "\(hundredths < 0 ? "-" : "")\(size / 100).\(size / 10 % 10)\(size % 10)"
        rawJSON([UInt8](text.utf8).span)
    }
}
