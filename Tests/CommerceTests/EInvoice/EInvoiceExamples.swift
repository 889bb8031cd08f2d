import Foundation
import Testing

@testable import Commerce

/// The published e-invoices beside the project, where they are at hand.
enum EInvoiceExamples {
    /// nil, with a loud word, if the folder is not there.
    static let folder: URL? = {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
        let folder = root.appending(path: "../shared/data/einvoice").standardizedFileURL
        if FileManager.default.fileExists(atPath: folder.path) { return folder }
        print("LEFT OUT: no ../shared/data/einvoice, the published e-invoices are not tested")
        return nil
    }()

    static func document(_ name: String) throws -> XMLNode {
        let folder = try #require(folder)
        return try XMLNode.parse([UInt8](try Data(contentsOf: folder.appending(path: name))))
    }

    /// The XML files of a folder, by `folder/name`.
    static func files(in name: String) throws -> [String] {
        guard let folder else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
            .filter { $0.hasSuffix(".xml") }.sorted().map { "\(name)/\($0)" }
    }

    /// `totals.tsv`: a row per whole document, by the names of its columns.
    static func totals() throws -> [[String: String]] {
        guard let folder else { return [] }
        let text = try String(contentsOf: folder.appending(path: "totals.tsv"), encoding: .utf8)
        let rows = text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        guard let names = rows.first else { return [] }
        return rows.dropFirst().map { Dictionary(zip(names, $0)) { first, _ in first } }
    }
}
