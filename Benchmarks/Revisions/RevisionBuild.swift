import Foundation

/// Another revision's release build, in a git worktree under the temporary folder; made once per commit.
struct RevisionBuild {
    let commit: String
    /// Its benchmark program.
    let program: String

    /// Builds when it is not there yet, which takes minutes.
    init(_ revision: String) throws(BenchmarkError) {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let git = try ProgramRun.require("git")
        commit = try ProgramRun.output(git, ["-C", root, "rev-parse", "--verify", "--quiet", "\(revision)^{commit}"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let folder = FileManager.default.temporaryDirectory.appending(path: "dossier-revisions/\(commit)").path
        program = "\(folder)/.build/release/Benchmarks"
        let stamp = "\(folder)/.build/complete-for-comparison"
        guard !FileManager.default.fileExists(atPath: stamp) else { return }
        print("  building \(revision) in \(folder)")
        fflush(nil)
        // One that somebody removed by hand is still in git's books.
        try ProgramRun.output(git, ["-C", root, "worktree", "prune"])
        if !FileManager.default.fileExists(atPath: folder) {
            try ProgramRun.output(git, ["-C", root, "worktree", "add", "--detach", "--quiet", folder, commit])
        }
        let swift = try ProgramRun.require("swift")
        for product in ["dossierd", "Benchmarks"] {
            try ProgramRun.output(swift, ["build", "--package-path", folder, "-c", "release", "--product", product])
        }
        guard FileManager.default.createFile(atPath: stamp, contents: nil) else {
            throw .broken("\(stamp) cannot be made")
        }
    }

    /// What it can measure.
    func benchmarkNames() throws(BenchmarkError) -> [String] {
        try ProgramRun.output(program, ["--list"]).split(separator: "\n").compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
    }
}
