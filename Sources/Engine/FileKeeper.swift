import Bytes
import Commerce
import Store

/// What files may take.
package struct FileLimits: Sendable {
    /// Of one file.
    package var bytes = 16 << 20
    /// Uploads of one connection that are not attached to anything yet.
    package var uploads = 8
    /// After which an upload that nobody goes on with, or attaches, is thrown away.
    package var seconds = 600

    package init() {}
}

/// A file whose content is kept, to be attached.
package struct UploadedFile: Sendable {
    package let hash: ContentHash
    package let bytes: Int
    package let name: String
    /// Media type.
    package let type: String
}

/// Keeps the contents of files, on a lane of its own since disks block. A file is on the disk before the event that
/// names it is decided, and removed only when the event that gave it up is on the disk too.
package actor FileKeeper {
    private struct Upload {
        /// Names the connection.
        let owner: UInt64
        let shop: String
        let name: String
        let type: String
        /// As the sender said; nil if it did not.
        let declaredBytes: Int?
        var writer: ContentWriter?
        var hash: ContentHash?
        var bytes = 0
        /// It may be attached again as long as it is here.
        var isAttached = false
        /// Milliseconds.
        var touchedAt: Int64
    }

    package nonisolated let lane: any EngineLane
    private let store: ContentStore
    private let clock: any WallClock
    private let limits: FileLimits
    private var uploads: [UInt32: Upload] = [:]
    private var nextUpload: UInt32 = 1
    /// Contents that events on their way refer to, and how many do.
    private var pins: [ContentHash: Int] = [:]
    /// Contents that were kept or pinned since a sweep began: it does not know whether anything refers to them.
    private var recent: Set<ContentHash>?
    /// A content may have lost the upload that held it.
    private var owesSweep = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(_ folder: DataFolder, clock: any WallClock, limits: FileLimits, on lane: any EngineLane) {
        store = ContentStore(folder)
        self.clock = clock
        self.limits = limits
        self.lane = lane
    }

    /// Removes what a crash has left. A folder that cannot be read now is read when somebody uploads.
    func start() {
        do throws(StoreError) { try store.removeLeftovers() } catch { return }
    }

    // MARK: Uploads

    /// Begins an upload; the number names it.
    package func begin(
        owner: UInt64, shop: String, name: String, type: String, bytes: Int?
    ) -> Result<UInt32, Refusal> {
        expire()
        let own = uploads.filter { $0.value.owner == owner }
        let attached = own.filter(\.value.isAttached).keys.sorted()
        if attached.count >= limits.uploads { discard(attached[0]) }
        guard own.count - attached.count < limits.uploads else {
            return .failure(
                Refusal(.busy, "file: \(limits.uploads) uploads of this connection are not attached yet"))
        }
        if let bytes, bytes > limits.bytes { return .failure(tooLarge) }
        do throws(StoreError) {
            let number = nextUpload
            uploads[number] = Upload(
                owner: owner, shop: shop, name: name, type: type, declaredBytes: bytes, writer: try store.begin(),
                touchedAt: now)
            nextUpload += 1
            return .success(number)
        } catch {
            return .failure(Self.refusal(error))
        }
    }

    /// Adds a part; answers how many bytes there are now. After a failure of the disk the upload is gone.
    package func add(_ part: [UInt8], to number: UInt32, owner: UInt64) -> Result<Int, Refusal> {
        guard let upload = upload(number, owner), let writer = upload.writer else {
            return .failure(Self.unknown(number))
        }
        guard writer.bytes + part.count <= min(limits.bytes, upload.declaredBytes ?? .max) else {
            discard(number)
            return .failure(tooLarge)
        }
        do throws(StoreError) {
            try writer.append(part.span)
            uploads[number]?.touchedAt = now
            return .success(writer.bytes)
        } catch {
            discard(number)
            return .failure(Self.refusal(error))
        }
    }

    /// Ends an upload: its content is on the disk when this returns. The same end again answers the same.
    package func end(_ number: UInt32, owner: UInt64, hash expected: ContentHash?) -> Result<UploadedFile, Refusal> {
        guard let upload = upload(number, owner) else { return .failure(Self.unknown(number)) }
        guard let writer = upload.writer else { return file(number, owner: owner, shop: upload.shop) }
        do throws(StoreError) {
            if let declared = upload.declaredBytes, declared != writer.bytes {
                throw .rejected(sequence: nil, reason: "bytes: \(declared) were announced, \(writer.bytes) have come")
            }
            let hash = try writer.finish(expecting: expected)
            recent?.insert(hash)
            uploads[number]?.writer = nil
            uploads[number]?.hash = hash
            uploads[number]?.bytes = writer.bytes
            uploads[number]?.touchedAt = now
            return file(number, owner: owner, shop: upload.shop)
        } catch {
            discard(number)
            if case .rejected(_, let reason) = error { return .failure(Refusal(.conflict, reason)) }
            return .failure(Self.refusal(error))
        }
    }

    /// An upload that has ended, of this connection and shop.
    package func file(_ number: UInt32, owner: UInt64, shop: String) -> Result<UploadedFile, Refusal> {
        guard let upload = upload(number, owner), upload.shop == shop else { return .failure(Self.unknown(number)) }
        guard let hash = upload.hash else {
            return .failure(Refusal(.refused, "file: U\(number) is not complete; FILE.END ends it"))
        }
        return .success(UploadedFile(hash: hash, bytes: upload.bytes, name: upload.name, type: upload.type))
    }

    /// A document has the file now.
    func noteAttached(_ number: UInt32) { uploads[number]?.isAttached = true }

    /// Forgets the uploads of a connection that is gone.
    package func abandon(owner: UInt64) {
        for (number, upload) in uploads where upload.owner == owner { discard(number) }
    }

    /// Keeps a content that the engine itself has made, and pins it.
    package func keep(_ content: [UInt8]) -> Result<ContentHash, Refusal> {
        do throws(StoreError) {
            let writer = try store.begin()
            do throws(StoreError) {
                try writer.append(content.span)
                let hash = try writer.finish(expecting: nil)
                pin(hash)
                return .success(hash)
            } catch {
                writer.abandon()
                throw error
            }
        } catch {
            return .failure(Self.refusal(error))
        }
    }

    private func upload(_ number: UInt32, _ owner: UInt64) -> Upload? {
        expire()
        return uploads[number].flatMap { $0.owner == owner ? $0 : nil }
    }

    private func discard(_ number: UInt32) {
        guard let upload = uploads.removeValue(forKey: number) else { return }
        upload.writer?.abandon()
        if upload.hash != nil { owesSweep = true }
    }

    private func expire() {
        let oldest = now - Int64(limits.seconds) * 1_000
        for (number, upload) in uploads where upload.touchedAt < oldest { discard(number) }
    }

    private var now: Int64 { clock.now().milliseconds }

    // MARK: Pins

    /// Holds a content while an event that refers to it is on its way.
    package func pin(_ hash: ContentHash) {
        pins[hash, default: 0] += 1
        recent?.insert(hash)
    }

    package func unpin(_ hash: ContentHash) {
        guard let count = pins[hash] else { return }
        pins[hash] = count > 1 ? count - 1 : nil
    }

    // MARK: Contents

    /// A content, checked against its name.
    package func content(of hash: ContentHash) -> Result<[UInt8], Refusal> {
        do throws(StoreError) { return .success(try store.read(hash)) } catch {
            guard case .damaged(let damages) = error else { return .failure(Self.refusal(error)) }
            let words = damages.map(\.description).joined(separator: "; ")
            return .failure(
                Refusal(.internal, "file: content \(hash) is damaged (\(words)); attach the same file again to mend it")
            )
        }
    }

    // MARK: Sweeping

    /// Throws away what nobody goes on with. Answers whether contents are to be swept.
    func keepTime() -> Bool {
        expire()
        defer { owesSweep = false }
        return owesSweep
    }

    /// Begins to look for contents that nothing refers to: from now on it is noted what comes.
    func beginSweep() -> Bool {
        guard recent == nil else { return false }
        expire()
        recent = Set(pins.keys).union(uploads.values.compactMap(\.hash))
        return true
    }

    /// Removes what neither state nor anybody on the way refers to. Nil ends the sweep without removing.
    /// - Parameter referred: what the state referred to since the sweep began; the events that say so are on the disk.
    func endSweep(_ referred: Set<ContentHash>?) -> Bool {
        defer { recent = nil }
        guard let referred, let recent else { return false }
        let held = recent.union(pins.keys).union(uploads.values.compactMap(\.hash))
        do throws(StoreError) {
            let idle = try store.list().filter { !referred.contains($0) && !held.contains($0) }
            for hash in idle { try store.remove(hash) }
            if !idle.isEmpty { try store.synchronize() }
            return true
        } catch {
            return false
        }
    }

    // MARK: Refusals

    private var tooLarge: Refusal {
        Refusal(.tooLarge, "bytes: a file may have \(limits.bytes) bytes, and no more than FILE.BEGIN said")
    }

    private static func unknown(_ number: UInt32) -> Refusal {
        Refusal(
            .notFound,
            "file: this connection has no upload U\(number); FILE.BEGIN begins one, and it does not wait for ever")
    }

    private static func refusal(_ error: StoreError) -> Refusal {
        if case .diskFull = error { return Refusal(.readOnly, "file: \(error); nothing was kept") }
        return Refusal(.internal, "file: \(error)")
    }
}
