/// Names a template within a shop.
package struct TemplateKey: Hashable, Sendable {
    package let event: MessageEvent
    package let language: LanguageTag
    /// For messages about orders of this channel only; empty for all.
    package let channel: String

    package init(event: MessageEvent, language: LanguageTag, channel: String = "") {
        self.event = event
        self.language = language
        self.channel = channel
    }

    /// By event, language, channel: the order of lists.
    static func isBefore(_ left: TemplateKey, _ right: TemplateKey) -> Bool {
        (left.event.rawValue, left.language.text, left.channel)
            < (right.event.rawValue, right.language.text, right.channel)
    }

    /// For sentences: `order.shipped in nl-BE for bol`.
    var text: String { "\(event.word) in \(language)" + (channel.isEmpty ? "" : " for \(channel)") }
}

/// One version of a template. Versions count from 1, also past a removal.
package struct TemplateVersion: Sendable, Equatable {
    package let number: Int
    package let subject: String
    package let body: String
    package let actor: String
    /// Milliseconds.
    package let at: Int64
}

package struct Template: Sendable, Equatable {
    /// Oldest first, never empty.
    package internal(set) var versions: [TemplateVersion]
    /// Who took it away, if nobody has stored it again since.
    package internal(set) var removal: Stated<Bool>?

    package var isLive: Bool { removal == nil }
}

/// From whom a shop's mail comes, and the language in which it speaks when nothing else is known.
package struct Sender: Sendable, Equatable {
    package let address: String
    package let name: String
    package let language: LanguageTag

    package init(address: String, name: String, language: LanguageTag) {
        self.address = address
        self.name = name
        self.language = language
    }
}

/// What one shop has set up for its messages.
struct ShopCorrespondence: Sendable, Equatable {
    var sender: Stated<Sender>?
    var templates: [TemplateKey: Template] = [:]

    /// The template for a message: the first language of `languages` that has one, the channel's own before that for all.
    func template(_ event: MessageEvent, _ languages: [LanguageTag], channel: String) -> (TemplateKey, TemplateVersion)?
    {
        for language in languages {
            for channel in [channel, ""] {
                let key = TemplateKey(event: event, language: language, channel: channel)
                if let template = templates[key], template.isLive, let newest = template.versions.last {
                    return (key, newest)
                }
            }
        }
        return nil
    }
}
