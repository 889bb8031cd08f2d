import Foundation

/// Unicode normalisation forms, for the rare text that the tables of this folder do not know.
///
/// Source: UAX #15. The standard library has no public face for them yet, so this is the one file of the module that
/// asks Foundation, at a microsecond or more a call; no ASCII and no Western European text comes here.
enum UnicodeForms {
    /// Composed (NFC): "e" and a combining acute become "é". What IDNA and mailbox names are compared in.
    static func composed(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }

    /// Composed after compatibility decomposition (NFKC): full-width letters and ligatures become plain ones.
    static func composedCompatible(_ text: String) -> String { text.precomposedStringWithCompatibilityMapping }

    /// Decomposed with compatibility mapping (NFKD): base letters and marks apart.
    static func decomposedCompatible(_ text: String) -> String { text.decomposedStringWithCompatibilityMapping }
}
