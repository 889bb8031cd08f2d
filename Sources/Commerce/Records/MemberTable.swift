import Bytes

/// Where the known members of a JSON object lie.
///
/// The members of an object may come in any order; the record has one order. So a first pass notes where each known
/// member lies, a second one packs. Unknown members are kept word for word in `extra`. A table owns its memory: it is made
/// once and read into again and again, and nothing of it is ever copied.
struct MemberTable: ~Copyable {
    enum Form: UInt8 { case absent, text, escapedText, number, nested }

    struct Slot {
        var form: Form = .absent
        var start: UInt32 = 0
        var end: UInt32 = 0

        @inline(__always) var range: Range<Int> { Range(uncheckedBounds: (Int(start), Int(end))) }
    }

    /// More members than any shape has.
    static let capacity = 20

    /// Only those at `places` mean anything.
    private let slots: UnsafeMutablePointer<Slot>
    /// The members that are there, one bit for each place.
    private(set) var places: UInt64 = 0
    private var isFirst = true
    /// The member that was read last, or `start`.
    private var last = start
    /// Which member came behind each the last time, and which one came first. Who sends an object has sent many like it, with
    /// their members in one order: one comparison finds nearly every name.
    private let followers: UnsafeMutablePointer<UInt8>
    /// What the first member follows.
    private static let start = capacity

    init() {
        slots = .allocate(capacity: Self.capacity)
        slots.initialize(repeating: Slot(), count: Self.capacity)
        followers = .allocate(capacity: Self.capacity + 1)
        followers.initialize(repeating: 0, count: Self.capacity + 1)
    }

    deinit {
        slots.deallocate()
        followers.deallocate()
    }

    subscript(place: Int) -> Slot {
        @inline(__always) get {
            precondition(place >= 0 && place < Self.capacity)
            return has(place) ? slots[place] : Slot()
        }
    }

    @inline(__always) func has(_ place: Int) -> Bool { places & (1 << UInt64(place)) != 0 }

    /// The members that are there among those at `range`.
    @inline(__always) func places(_ range: ClosedRange<Int>) -> UInt64 {
        places & (2 << UInt64(range.upperBound) &- 1 << UInt64(range.lowerBound))
    }

    mutating func removeAll() { places = 0 }

    /// Notes where the object's members lie. `null` and `""` count as absent. Unknown members go to `extra` as
    /// JSON text, separated by commas.
    mutating func read(
        _ reader: inout JSONReader, _ names: borrowing MemberNames, path: StaticString, extra: inout ByteWriter
    ) throws(Refusal) {
        try begin(&reader, path: path)
        while let place = try nextNested(&reader, names, path: path, extra: &extra) {
            do throws(JSONError) { note(Slot(.nested, try reader.skipNested()), at: place) } catch {
                throw .json(error, path)
            }
        }
    }

    /// Forgets everything and enters the object; then call `nextNested` until it returns nil.
    mutating func begin(_ reader: inout JSONReader, path: StaticString) throws(Refusal) {
        precondition(reader.bytes.count <= UInt32.max)
        places = 0
        isFirst = true
        last = Self.start
        do throws(JSONError) { try reader.beginObject() } catch { throw .json(error, path) }
    }

    /// Notes members up to the next known one whose value is an object or a list, and returns its place, with the reader
    /// before the value: the caller reads it or steps over it, and notes it. Nil when the object has ended.
    mutating func nextNested(
        _ reader: inout JSONReader, _ names: borrowing MemberNames, path: StaticString, extra: inout ByteWriter
    ) throws(Refusal) -> Int? {
        do throws(JSONError) {
            while let place = try nextPlace(&reader, names, &extra) {
                if let text = reader.plainText() {
                    note(Slot(text.isEmpty ? .absent : .text, text), at: place)
                } else if reader.plainNull() {
                    note(Slot(), at: place)
                } else if let digits = reader.plainDigits() {
                    note(Slot(.number, digits), at: place)
                } else {
                    if reader.isBeforeNested { return place }
                    guard try noteScalar(&reader, at: place) else { return place }
                }
            }
            return nil
        } catch {
            throw .json(error, path)
        }
    }

    /// Notes a value that is no object and no list; false, and nothing is read, before one of these.
    @inline(never)
    private mutating func noteScalar(_ reader: inout JSONReader, at place: Int) throws(JSONError) -> Bool {
        switch try reader.peek() {
        case .string:
            let string = try reader.string()
            let form: Form = string.range.isEmpty ? .absent : string.hasEscapes ? .escapedText : .text
            note(Slot(form, string.range), at: place)
        case .number: note(Slot(.number, try reader.number()), at: place)
        case .null:
            guard try reader.null() else { throw JSONError(.unexpectedByte, at: reader.position) }
            note(Slot(), at: place)
        case .bool: note(Slot(.nested, try reader.skipValue()), at: place)
        case .object, .array: return false
        }
        return true
    }

    /// The place of the next known member, with the reader before its value; nil when the object has ended. Nearly every
    /// member is the one that came here the last time, written as machines write it.
    @inline(__always) private mutating func nextPlace(
        _ reader: inout JSONReader, _ names: borrowing MemberNames, _ extra: inout ByteWriter
    ) throws(JSONError) -> Int? {
        let expected = Int(followers[last])
        guard let name = names.written(expected), reader.plainName(name, isFirst: isFirst) else {
            return reader.plainObjectEnd() ? nil : try findPlace(&reader, names, &extra)
        }
        isFirst = false
        last = expected
        return expected
    }

    /// The same by the name itself, which is expected here from now on. Keeps unknown members on the way.
    @inline(never) private mutating func findPlace(
        _ reader: inout JSONReader, _ names: borrowing MemberNames, _ extra: inout ByteWriter
    ) throws(JSONError) -> Int? {
        while true {
            if let key = reader.peekPlainKey(isFirst: isFirst), let place = names.place(low: key.low, high: key.high) {
                reader.resume(at: key.end)
                isFirst = false
                followers[last] = UInt8(place)
                last = place
                return place
            }
            guard let key = try reader.nextKey(&isFirst) else { return nil }
            if let place = names.place(of: key.range, in: reader.bytes) { return place }
            Self.keep(key, try reader.skipValue(), reader.bytes, in: &extra)
        }
    }

    /// Of a member that comes twice, the last one counts.
    @inline(__always) mutating func note(_ slot: Slot, at place: Int) {
        precondition(place >= 0 && place < Self.capacity)
        slots[place] = slot
        let bit: UInt64 = 1 << UInt64(place)
        places = slot.form == .absent ? places & ~bit : places | bit
    }

    private static func keep(_ key: JSONString, _ value: Range<Int>, _ bytes: Span<UInt8>, in extra: inout ByteWriter) {
        if extra.count > 0 { extra.append(UInt8(ascii: ",")) }
        extra.append(UInt8(ascii: "\""))
        extra.append(bytes.extracting(key.range))
        extra.append("\":")
        extra.append(bytes.extracting(value))
    }
}

extension MemberTable.Slot {
    @inline(__always) init(_ form: MemberTable.Form, _ range: Range<Int>) {
        self.form = form
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        end = UInt32(truncatingIfNeeded: range.upperBound)
    }
}

/// The members of an object inside the command's, and where it lies: what was read on the way to the end of the command is
/// not read again when its turn to be packed comes.
struct NestedTable: ~Copyable {
    var members = MemberTable()
    var extra = ByteWriter()
    private var range = 0..<0

    /// Another command comes, with other bytes at the same places.
    mutating func forget() { range = 0..<0 }

    /// Whether the object at `slot` is the one that was read.
    func holds(_ slot: MemberTable.Slot) -> Bool { !range.isEmpty && range == slot.range }

    /// Reads the object that begins at `start` and returns where it ends.
    mutating func read(
        _ json: Span<UInt8>, at start: Int, _ names: borrowing MemberNames, path: StaticString
    ) throws(Refusal) -> Int {
        forget()
        extra.removeAll()
        var reader = JSONReader(json, at: start)
        try members.read(&reader, names, path: path, extra: &extra)
        range = start..<reader.position
        return reader.position
    }
}
