import Client

/// What the server made of the records of one set: its customers, and the pairs it leaves to a person.
struct Resolution {
    /// Two customers that may be one.
    struct DoubtfulPair: Equatable {
        /// A record of each.
        let first: Int
        let second: Int
        /// In bits; larger is likelier.
        let score: Double
    }

    /// The places of the records of each customer.
    private(set) var customers: [[Int]] = []
    private(set) var doubtfulPairs: [DoubtfulPair] = []

    private let records: [String: Int]
    private var customerNumbers: [String: Int] = [:]
    private var unseen: Set<Int>

    init(of set: LabelledSet) {
        records = Dictionary(
            set.records.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })
        unseen = Set(set.records.indices)
    }

    /// Takes a row of IDENTITY.EXPORT: `{"customer":"C1","profiles":["import/main:rec-1", …]}`.
    /// - Throws: `server` if it is no such row, or names a profile that was not sent or stood in another row.
    mutating func addCustomer(_ row: String) throws(BenchmarkError) {
        guard let json = JSONValue(ifParsing: row), let number = json["customer"]?.text,
            let keys = json["profiles"]?.elements?.map(\.text), customerNumbers[number] == nil
        else { throw .server("this is no customer, or one a second time: \(row.prefix(200))") }
        var places: [Int] = []
        for key in keys {
            guard let place = key.flatMap({ records[$0] }), unseen.remove(place) != nil else {
                throw .server("profile \(key ?? "?") is not one that was sent, or it has two customers")
            }
            places.append(place)
        }
        customerNumbers[number] = customers.count
        customers.append(places)
    }

    /// - Throws: `server` if a record that was sent has no customer.
    func expectComplete() throws(BenchmarkError) {
        guard let lost = unseen.min() else { return }
        let key = records.first { $0.value == lost }?.key
        throw .server("\(unseen.count) records have no customer, \(key ?? "?") among them")
    }

    /// Takes a row of IDENTITY.QUEUE: `{"pair":n,"a":{"number":"C3",…},"b":{"number":"C9",…},"score":12.34,…}`. All customers must be known.
    /// - Throws: `server` if it is no such row, or names a customer that the export did not have.
    mutating func addDoubtfulPair(_ row: String) throws(BenchmarkError) {
        guard let json = JSONValue(ifParsing: row), let first = representative(json["a"]?["number"]?.text),
            let second = representative(json["b"]?["number"]?.text),
            let score = json["score"]?.text.flatMap(Double.init)
        else { throw .server("this is no pair of known customers with a score: \(row.prefix(200))") }
        doubtfulPairs.append(DoubtfulPair(first: first, second: second, score: score))
    }

    private func representative(_ number: String?) -> Int? {
        number.flatMap { customerNumbers[$0] }.flatMap { customers[$0].first }
    }
}

/// What a resolution is worth against the truth.
struct ResolutionAccuracy: Encodable, Sendable {
    /// What the server merged by itself.
    let merged: PairwiseAccuracy
    let customers: Int
    /// Customers that hold more than one entity.
    let overMerges: Int
    let doubtfulPairs: Int
    /// The best F1 when a person also accepts doubtful pairs from the highest score down, and how many of them that is.
    let best: PairwiseAccuracy
    let accepted: Int
    /// The largest share found on that way while at least 999 in 1000 joined pairs are right; nil if they never are.
    let recallAtPrecision999: Double?

    init(_ resolution: Resolution, of set: LabelledSet) {
        var joined = JoinedRecords(truth: set.clusters)
        for customer in resolution.customers {
            for place in customer.dropFirst() { joined.join(customer[0], place) }
        }
        merged = joined.accuracy
        customers = resolution.customers.count
        overMerges = joined.mixedGroupCount
        doubtfulPairs = resolution.doubtfulPairs.count
        var steps = [(accepted: 0, accuracy: joined.accuracy)]
        let ranked = resolution.doubtfulPairs.sorted { $0.score > $1.score }
        for (place, pair) in ranked.enumerated() {
            joined.join(pair.first, pair.second)
            // Pairs of one score stand or fall together: their order says nothing.
            let isLastOfItsScore = place + 1 == ranked.count || ranked[place + 1].score < pair.score
            if isLastOfItsScore { steps.append((place + 1, joined.accuracy)) }
        }
        let top = steps.reduce(steps[0]) { $1.accuracy.f1 > $0.accuracy.f1 ? $1 : $0 }
        best = top.accuracy
        accepted = top.accepted
        recallAtPrecision999 = steps.map(\.accuracy).filter { $0.precision >= 0.999 }.map(\.recall).max()
    }
}
