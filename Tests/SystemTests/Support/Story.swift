import Client

/// A few buyers in two shops, told over the protocol, with every kind of record, version, merge and refusal in it.
enum Story {
    /// The order of the protocol's description, with its buyer.
    static let order = """
        {"channel":"shopify","store":"main","number":"S-1000123","placedAt":"2026-03-01T10:22:31Z","currency":"EUR",\
        "customer":{"ref":"98122","email":"Sophie@VanDerLinden.nl","phone":null,"firstName":"Sophie",\
        "lastName":"van der Linden","company":null,"vatId":null,"language":"nl"},\
        "billing":{"name":"Sophie van der Linden","street":"Keizersgracht","houseNumber":"12-2",\
        "postalCode":"1015 KD","city":"Amsterdam","country":"NL"},\
        "shipping":{"name":"Sophie van der Linden","street":"Keizersgracht","houseNumber":"12-2",\
        "postalCode":"1015 KD","city":"Amsterdam","country":"NL"},\
        "lines":[{"sku":"TEA-1","title":"Thee","quantity":2,"unitPrice":"19.95","vatRate":"21"}],"total":"39.90"}
        """

    /// An order with few fields; `customer` is what stands between its braces.
    static func order(
        _ channel: String, _ number: String, customer: String, total: String = "10.00", currency: String = "EUR",
        more: String = ""
    ) -> String {
        """
        ORDER.PUT {"channel":"\(channel)","number":"\(number)","placedAt":"2026-04-02T08:00:00Z",\
        "currency":"\(currency)","customer":{\(customer)},"total":"\(total)"\(more)}
        """
    }

    /// In the story one key in common makes one customer, whatever the names say.
    static let mode = "SHOP.CONFIGURE match=exact"

    /// Tells the story in shop main, then some of it in another shop.
    static func tell(_ talk: Talk) throws {
        try talk.ok(mode)
        for line in lines { try talk.ok(line) }
        try talk.ok("SHOP other")
        try talk.ok(mode)
        try talk.ok("ORDER.PUT " + order)
        try talk.ok(#"DOCUMENT.PUT {"kind":"invoice","number":"INV-2026-17","order":"shopify:S-1000123"}"#)
        try talk.ok("SHOP main")
    }

    private static let bolBuyer = #""email":"sophie@vanderlinden.nl","phone":"0031612345678""#

    private static let lines = [
        "ORDER.PUT " + order,
        order("woocommerce", "5001", customer: #""phone":"+31 6 12345678","firstName":"S.","lastName":"Linden""#),
        // Ties the two: e-mail of the one, phone of the other.
        order(
            "bol", "A2K8290LP8", customer: bolBuyer, total: "5.50",
            more: #","updatedAt":"2026-04-02T09:00:00Z","status":"open","billing":{"country":"NL"}"#),
        order(
            "bol", "A2K8290LP8", customer: bolBuyer, total: "6.00",
            more: #","updatedAt":"2026-04-03T09:00:00Z","status":"shipped","billing":{"country":"NL"}"#),
        order("shopify", "S-7", customer: #""ref":"98122","vatId":"NL804124188B01""#, total: "1250", currency: "JPY"),
        order("shopify", "S-1000123", customer: #""email":"thomas@vanderlinden.nl""#, more: #","store":"winkel2""#),
        """
        CUSTOMER.PUT {"channel":"crm","store":"main","ref":"r-17","email":"sophie@vanderlinden.nl",\
        "name":"Sophie van der Linden","birthDate":"1970-02-28","language":"nl",\
        "addresses":[{"street":"Keizersgracht","houseNumber":"12-2","postalCode":"1015 KD","city":"Amsterdam",\
        "country":"NL"}],"loyalty":{"points":120}}
        """,
        """
        DOCUMENT.PUT {"kind":"invoice","number":"INV-2026-17","order":"shopify:S-1000123",\
        "issuedAt":"2026-03-01T10:30:00Z","total":"39.90","currency":"EUR"}
        """,
        """
        DOCUMENT.PUT {"kind":"credit-note","number":"CN-1","order":"shopify:S-1000123",\
        "issuedAt":"2026-03-05T10:30:00Z","total":"-19.95","currency":"EUR"}
        """,
        #"DOCUMENT.PUT {"kind":"upload","number":"passport","customer":"C1","file":"scan.pdf"}"#,
        #"NOTE.ADD C1 "Belt \"liever\" 's middags""#,
        #"CUSTOMER.PIN C1 company "Thee \"& meer\"""#, "CUSTOMER.PIN C1 billing profile=C1",
        "CUSTOMER.PIN C1 email x@y.nl",
        "CUSTOMER.UNPIN C1 email",
        "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=valid source=VIES at=2026-04-01T12:00:00Z",
    ]

    /// Everything that names Sophie, whose number is C1.
    static let sophie = [
        "C1", "number=C1", "C2", "email=sophie@vanderlinden.nl", "email=SOPHIE@VANDERLINDEN.NL",
        #"phone="06 12345678""#, "phone=+31612345678", "vat=NL804124188B01", "ref=shopify:98122", "ref=crm:r-17",
        "ref=crm/main:r-17", "order=shopify:S-1000123", "order=shopify/main:S-1000123", "order=bol:A2K8290LP8",
        "order=woocommerce:5001", "order=shopify:S-7", "document=INV-2026-17", "document=CN-1", "document=passport",
    ].map { "CUSTOMER.360 " + $0 }

    /// Questions whose answers together show all that the story told.
    static let questions =
        sophie + [
            "CUSTOMER.360 order=shopify/winkel2:S-1000123", "CUSTOMER.360 C1 offset=1 limit=2",
            "CUSTOMER.FIND", "CUSTOMER.FIND limit=1", "CUSTOMER.FIND offset=1", "CUSTOMER.FIND phone=+31612345678",
            "CUSTOMER.FIND email=somebody@vanderlinden.nl", "CUSTOMER.WHY C1", "CUSTOMER.WHY C2", "CUSTOMER.WHY C1 C2",
            "CUSTOMER.WHY C1 C4", "ORDER.GET bol:A2K8290LP8", "ORDER.GET shopify/winkel2:S-1000123",
            "ORDER.GET shopify:none", "SHOP other", "CUSTOMER.FIND", "CUSTOMER.360 email=sophie@vanderlinden.nl",
            "CUSTOMER.360 C1", "CUSTOMER.360 document=INV-2026-17", "SHOP main",
        ]

    /// The replies to all questions, asked one by one.
    static func answers(_ server: RunningServer) throws -> [Reply] {
        let talk = try server.connect()
        return try questions.map { try talk.ask($0) }
    }
}
