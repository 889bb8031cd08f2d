/// One kind of labelled file: which column is which member of a profile, and where the truth stands. This is all that
/// the bench tells about a set; every file whose header holds the columns of a layout is read by it.
struct SetLayout: Sendable {
    /// How the records of one entity are told.
    enum Truth: Sendable {
        /// By a column of its own.
        case column(String)
        /// By the number in identifiers such as `rec-17-org` and `rec-17-dup-0`.
        case numberInIdentifier
        /// By identifiers whose last digit counts the records of an entity.
        case tensOfIdentifier
    }

    /// How column values become the member's value.
    enum Form: Sendable {
        /// The values with a blank between them.
        case text
        /// A date: one value of eight digits, or the values of year, month and day.
        case date
        /// A list of the values, for members that are lists.
        case list
    }

    struct Field: Sendable {
        let columns: [String]
        /// The member in the canonical profile: a name, or `billing.` and a name.
        let path: String
        let form: Form

        init(_ columns: String..., to path: String, as form: Form = .text) {
            self.columns = columns
            self.path = path
            self.form = form
        }
    }

    let name: String
    let identifier: String
    let truth: Truth
    /// ISO 3166 alpha-2: what a shop knows about its own buyers.
    let country: String
    let fields: [Field]
    /// What stands for "not known".
    var missing: Set<String> = [""]
    var quotes: Set<UInt8> = [UInt8(ascii: "\"")]
    /// Records carry no identifier of their own: their place in the file, from 1, becomes it.
    var isNumberedByPlace = false

    /// The columns that a header must hold.
    var columns: [String] {
        var columns = fields.flatMap(\.columns)
        if !isNumberedByPlace { columns.append(identifier) }
        if case .column(let column) = truth { columns.append(column) }
        return columns
    }
}

extension SetLayout {
    /// In the order they are tried. Left out on purpose: numbers that no shop has (soc_sec_id), what is made for
    /// matching (blocking_number), what is made from another column (full_name and first_and_surname are those the
    /// others were cut from), and what says nothing about who somebody is (age, gender, type).
    static let all: [SetLayout] = [
        SetLayout(
            name: "dsgen", identifier: "rec_id", truth: .tensOfIdentifier, country: "AU",
            fields: febrlFields + [Field("phone_number", to: "phone")]),
        SetLayout(
            name: "febrl", identifier: "rec_id", truth: .numberInIdentifier, country: "AU", fields: febrlFields),
        SetLayout(
            name: "splink-contacts", identifier: "unique_id", truth: .column("cluster"), country: "GB",
            fields: [
                Field("first_name", to: "firstName"), Field("surname", to: "lastName"),
                Field("dob", to: "birthDate", as: .date), Field("city", to: "billing.city"),
                Field("email", to: "email"),
            ]),
        SetLayout(
            name: "splink-historical", identifier: "unique_id", truth: .column("cluster"), country: "GB",
            fields: [
                Field("first_name", to: "firstName"), Field("surname", to: "lastName"),
                Field("dob", to: "birthDate", as: .date), Field("birth_place", to: "billing.city"),
                Field("postcode_fake", to: "billing.postalCode"), Field("occupation", to: "occupation"),
            ]),
        SetLayout(
            name: "rldata", identifier: "rec_id", truth: .column("ent_id"), country: "DE",
            fields: [
                Field("fname_c1", "fname_c2", to: "firstName"), Field("lname_c1", "lname_c2", to: "lastName"),
                Field("by", "bm", "bd", to: "birthDate", as: .date),
            ], missing: ["", "NA"]),
        SetLayout(
            name: "restaurants", identifier: "", truth: .column("class"), country: "US",
            fields: [
                Field("name", to: "company"), Field("addr", to: "billing.street"), Field("city", to: "billing.city"),
                Field("phone", to: "phone"), Field("type", to: "cuisine"),
            ], quotes: [UInt8(ascii: "\""), UInt8(ascii: "'")], isNumberedByPlace: true),
    ]

    /// address_2 holds the name of a building or an estate: a further line of the address, as where a webshop has a
    /// second address line, and no addition to the house number.
    private static let febrlFields = [
        Field("given_name", to: "firstName"), Field("surname", to: "lastName"),
        Field("street_number", to: "billing.houseNumber"), Field("address_1", to: "billing.street"),
        Field("address_2", to: "billing.extraLines", as: .list), Field("suburb", to: "billing.city"),
        Field("postcode", to: "billing.postalCode"), Field("state", to: "billing.state"),
        Field("date_of_birth", to: "birthDate", as: .date),
    ]
}
