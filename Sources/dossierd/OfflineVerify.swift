import Bytes
import Foundation
import Server
import Store

/// `dossierd verify DIR`: reads a data folder that nobody needs to serve; changes nothing.
enum OfflineVerify {
    /// Prints the report and returns the exit status: 0 intact, 1 damaged or unreadable.
    static func run(_ folder: String) -> Int32 {
        var output = ByteWriter()
        do throws(StoreError) {
            let report = try Verifier.verify(folder, on: LinuxFileSystem())
            VerifyText.write(report, tag: nil, into: &output)
            FileHandle.standardOutput.write(Data(output.copyBytes()))
            return report.isIntact ? 0 : 1
        } catch {
            FileHandle.standardError.write(Data("dossierd: \(folder) cannot be verified: \(error)\n".utf8))
            return 1
        }
    }
}
