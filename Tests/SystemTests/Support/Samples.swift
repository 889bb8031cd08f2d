import Client
import Foundation

/// Payload files of the repository and, where it is at hand, of the shared data beside it.
enum Samples {
    static let channels = ["shopify", "woocommerce", "amazon", "bol"]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let folder = root.appending(path: "Tests/Samples")

    /// The project's own samples, `<channel>-<what>.json`.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
    }

    static func channel(of name: String) -> String { String(name.prefix { $0 != "-" }) }

    static func oneLine(_ name: String) throws -> String { try oneLine(folder.appending(path: name)) }

    /// The file's JSON on one line; the head of a recorded HTTP answer is left out.
    static func oneLine(_ file: URL) throws -> String {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self).replacing("\r\n", with: "\n")
        let start = text.hasPrefix("HTTP/") ? text.firstRange(of: "\n\n")?.upperBound : nil
        return JSONText.onOneLine(String(text[(start ?? text.startIndex)...]))
    }

    /// The shared data beside the repository; it may be missing.
    static let shared: String? = root.appending(path: "../shared/data").standardizedFileURL.path

    /// What the platforms publish; nil where the folder is missing.
    static func published() throws -> [(channel: String, file: URL)]? {
        let folder = root.appending(path: "../shared/data/payloads").standardizedFileURL
        guard FileManager.default.fileExists(atPath: folder.path) else { return nil }
        return try channels.flatMap { channel in
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: channel).path).sorted()
                .map { (channel, folder.appending(path: channel).appending(path: $0)) }
        }
    }
}
