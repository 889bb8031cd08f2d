import Bytes

// Kept files in a verify report.
extension Verifier {
    static func addContents(_ folder: DataFolder, _ report: inout VerifyReport) throws(StoreError) {
        for hash in try ContentStore(folder).list() {
            var verdict = FileVerdict(.content, file: ContentName.file(hash))
            verdict.damage = try damage(in: verdict.file) { () throws(StoreError) in
                verdict.bytes = try ContentStore.read(hash, verdict.file, in: folder).count
            }
            report.files.append(verdict)
        }
    }
}

extension VerifyReport {
    /// Adds damage for files that documents refer to and that are not there.
    package mutating func expect(_ contents: Set<ContentHash>) {
        let there = Set(files.map(\.file))
        for name in contents.map(ContentName.file).sorted() where !there.contains(name) {
            damage.append(Damage(.missing, file: name, offset: 0))
        }
    }
}
