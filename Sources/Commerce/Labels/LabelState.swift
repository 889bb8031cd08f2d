import Bytes

/// One thing that was said of a profile: a tag or a block, put on or taken off. It lies on disk as it lies in memory.
struct LabelRow: BitwiseCopyable, Sendable {
    var at: Int64
    /// Actor (counted), then the cause of a tag or the reason of a block.
    var detail: ByteArena.Reference
    var profile: UInt32
    /// The profile's row before, plus one.
    var next: UInt32
    /// Number of the tag plus one; zero for a block.
    var tag: UInt32
    var shop: UInt16
    var isOn: UInt8
    var unused: UInt8 = 0
}

/// A tag of a shop.
struct TagRow: BitwiseCopyable, Sendable {
    var text: ByteArena.Reference
    var shop: UInt32
    var unused: UInt32 = 0
}

/// Tags and blocks. A customer has the tags of all its profiles and is blocked if one of them is; a person who takes a label
/// off takes it off all of them.
///
/// Invariants
/// 1. `carriers` of a tag, and of a shop's block, are exactly the profiles whose newest row about it says that it is on.
/// 2. The list of a profile's rows is linked newest first by row plus one.
package struct LabelState: Sendable {
    var rows = PagedArray<LabelRow>()
    var tags = PagedArray<TagRow>()
    var records = ByteArena()

    // Derived, never written to disk.
    /// By profile: its newest row plus one; as long as the last profile that has any.
    var newest = PagedArray<UInt32>()
    var tagNumbers: [ShopTag: UInt32] = [:]
    /// By number of the tag.
    var carriers: [Set<UInt32>] = []
    /// By shop.
    var blocked: [UInt16: Set<UInt32>] = [:]
    /// Pages of records while a snapshot is read.
    var loadedRecords: [UInt8] = []

    struct ShopTag: Hashable {
        let shop: UInt16
        let tag: CustomerTag
    }

    init() {}

    var allocatedBytes: Int {
        rows.allocatedBytes + tags.allocatedBytes + records.allocatedBytes + newest.allocatedBytes
            + carriers.reduce(0) { $0 + $1.capacity * 5 } + blocked.values.reduce(0) { $0 + $1.capacity * 5 }
    }
}

// MARK: - Look-ups

extension DirectoryState {
    /// What stands on the customer that these profiles are; nil where nothing does.
    package func standingLabels(of profiles: [UInt32]) -> CustomerLabels? {
        guard labels.newest.count > 0 else { return nil }
        let standing = labels.labels(of: profiles)
        return standing.isEmpty ? nil : standing
    }
}

extension LabelState {
    /// What stands on the customer that these profiles are.
    package func labels(of profiles: [UInt32]) -> CustomerLabels {
        var labels = CustomerLabels()
        guard newest.count > 0 else { return labels }
        var newestOfTag: [UInt32: UInt32] = [:]
        for profile in profiles {
            forEachStanding(of: profile) { number, row in
                newestOfTag[row.tag] = max(newestOfTag[row.tag] ?? 0, number)
            }
        }
        for number in newestOfTag.values {
            let row = rows[Int(number)]
            let (actor, text) = detail(row)
            if row.tag == 0 {
                labels.block = BlockNote(reason: text, actor: actor, at: row.at)
            } else {
                labels.tags.append(TagNote(tag: tag(row.tag - 1), actor: actor, cause: text, at: row.at, place: number))
            }
        }
        labels.tags.sort { $0.tag.text < $1.tag.text }
        return labels
    }

    /// Profiles among these through which the customer has the tag, or with nil is blocked.
    func carriers(of tag: CustomerTag?, among profiles: [UInt32], shop: UInt16) -> [UInt32] {
        guard let all = carriers(of: tag, shop: shop) else { return [] }
        return profiles.filter { all.contains($0) }
    }

    /// All profiles of the shop with the tag, or with nil those that are blocked; nil where there never were any.
    package func carriers(of tag: CustomerTag?, shop: UInt16) -> Set<UInt32>? {
        guard let tag else { return blocked[shop] }
        return tagNumbers[ShopTag(shop: shop, tag: tag)].map { carriers[Int($0)] }
    }

    /// The tags of a shop that somebody has, by their texts.
    package func tags(of shop: UInt16) -> [(tag: CustomerTag, carriers: Set<UInt32>)] {
        tagNumbers.filter { $0.key.shop == shop && !carriers[Int($0.value)].isEmpty }
            .map { ($0.key.tag, carriers[Int($0.value)]) }
            .sorted { $0.0.text < $1.0.text }
    }

    /// Calls `body` with the newest row of each label that is on.
    private func forEachStanding(of profile: UInt32, _ body: (UInt32, LabelRow) -> Void) {
        var next = Int(profile) < newest.count ? newest[Int(profile)] : 0
        var seen: [UInt32] = []
        while next != 0 {
            let row = rows[Int(next - 1)]
            if !seen.contains(row.tag) {
                seen.append(row.tag)
                if row.isOn != 0 { body(next - 1, row) }
            }
            next = row.next
        }
    }

    private func tag(_ number: UInt32) -> CustomerTag {
        guard let tag = CustomerTag(records[tags[Int(number)].text].text) else {
            preconditionFailure("a tag that was checked is none")
        }
        return tag
    }

    private func detail(_ row: LabelRow) -> (actor: String, text: String) {
        let detail = records[row.detail]
        do throws(ByteReaderError) {
            var reader = ByteReader(detail)
            let actor = try reader.string()
            return (actor, detail.text(reader.position..<detail.count))
        } catch {
            preconditionFailure("a label does not read: \(error)")
        }
    }
}
