/// What others reach on a set, as they tell it or as it was measured before.
struct PublishedFigure: Sendable {
    /// The set, by its name or the end of it.
    let set: String
    /// Who, and on what if it is not the very same.
    let source: String
    let precision: Double
    let recall: Double
    let f1: Double

    init(_ set: String, _ source: String, _ precision: Double, _ recall: Double, _ f1: Double) {
        self.set = set
        self.source = source
        self.precision = precision
        self.recall = recall
        self.f1 = f1
    }

    static func of(_ name: String) -> [PublishedFigure] { all.filter { name.hasSuffix($0.set) } }

    private static let all = [
        PublishedFigure("dataset1", "Splink 4.0.17 pairs, measured before", 1.0000, 0.9940, 0.9970),
        PublishedFigure("dataset1", "Splink 4.0.17 clusters, measured before", 1.0000, 0.9940, 0.9970),
        PublishedFigure("dataset2", "Splink 4.0.17 pairs, measured before", 0.9995, 0.9907, 0.9951),
        PublishedFigure("dataset2", "Splink 4.0.17 clusters, measured before", 0.9995, 0.9979, 0.9987),
        PublishedFigure("dataset3", "Splink, its notebook, with soc_sec_id", 0.9982, 0.9927, 0.9954),
        PublishedFigure("dataset3", "recordlinkage 0.16, its example", 0.9971, 0.9492, 0.9726),
        PublishedFigure("dataset4", "Splink, its notebook, with soc_sec_id", 0.9998, 0.9998, 0.9998),
        PublishedFigure("dataset4", "recordlinkage 0.16, its example", 0.9996, 0.9786, 0.9890),
        PublishedFigure("dataset_A_1000", "exact keys only", 1.00, 0.98, 0.99),
        PublishedFigure("dataset_C_5000", "Splink 4.0.17 pairs, measured before", 0.9987, 0.8048, 0.8913),
        PublishedFigure("dataset_C_5000", "Splink 4.0.17 clusters, measured before", 1.0000, 0.9589, 0.9790),
        PublishedFigure("dataset_C_5000", "exact keys only", 1.00, 0.56, 0.71),
        PublishedFigure("RLdata500", "Splink 4.0.17 pairs, measured before", 1.0000, 0.9800, 0.9899),
        PublishedFigure("RLdata500", "Splink 4.0.17 clusters, measured before", 1.0000, 0.9800, 0.9899),
        PublishedFigure("fake_1000", "Splink, its tutorial", 0.9988, 0.8380, 0.9114),
        PublishedFigure("fake_1000", "Splink, its notebook on labels", 0.9640, 0.7789, 0.8617),
        PublishedFigure("fake_1000", "Splink 4.0.17 pairs, measured before", 0.9761, 0.7031, 0.8174),
        PublishedFigure("fake_1000", "Splink 4.0.17 clusters, measured before", 1.0000, 0.8026, 0.8905),
        PublishedFigure("fake_1000", "exact keys only", 1.00, 0.41, 0.58),
        PublishedFigure("historical_50k_part1", "Splink, its notebook, all 50,578", 0.9752, 0.4338, 0.6005),
        PublishedFigure("historical_50k_part1", "exact keys only", 0.997, 0.17, 0.30),
        PublishedFigure("restaurant", "exact keys only (phone digits)", 0.885, 0.964, 0.923),
    ]
}
