import Client

/// Random customers, orders, facts and documents with everything in them that a file could get wrong.
struct ExchangeSample {
    private var random: Seeded

    init(_ seed: UInt64) { random = Seeded(seed) }

    private static let texts = [
        "Anna", "=1+1", "+31612345678", "-x", "@home", "'s-Hertogenbosch", "'=", "a,b;c\\td", "said \\\"yes\\\"",
        "two\\nlines", "\\r\\nend", " blank ", "Müller €", "\\u0001\\u007f", "日本", "-5.00", "00123", "1.0", "TRUE",
    ]

    private mutating func text() -> String { Self.texts[Int.random(in: 0..<Self.texts.count, using: &random)] }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func members(_ names: [String]) -> [String] {
        names.compactMap { name in chance(40) ? "\"\(name)\":\"\(text())\"" : nil }
    }

    private mutating func extra() -> [String] {
        let all = [
            #""loyalty":{"points": 120, "since":"2020"}"#, #""tags":["a","b,\"c\""]"#, #""vip":true"#, #""none":null"#,
            #""caf\u00e9":"\/"# + "\"", #""extra":{"extra":1.50}"#, #""two words":"x""#,
        ]
        return chance(30) ? [all[Int.random(in: 0..<all.count, using: &random)]] : []
    }

    private mutating func object(_ members: [String]) -> String { "{" + members.joined(separator: ",") + "}" }

    private mutating func address() -> String {
        object(
            members(["name", "street", "houseNumber", "postalCode", "city", "state", "company"])
                + (chance(70) ? [#""country":"NL""#] : []) + extra())
    }

    private mutating func person() -> [String] {
        var all = members(["phone", "firstName", "lastName", "company", "birthDate", "language"])
        if chance(50) { all.append(#""email":"b\#(Int.random(in: 0..<80, using: &random))@buyers.example""#) }
        if chance(10) { all.append(#""addresses":[\#(address()),{}]"#) }
        return all + extra()
    }

    private static let sources = [("web", ""), ("bol", #""store":"nl2","#), ("shopify", "")]

    private mutating func time() -> String {
        "2026-0\(Int.random(in: 1...9, using: &random))-1\(Int.random(in: 0...9, using: &random))T10:00:00Z"
    }

    /// Canonical orders with distinct numbers.
    func orders(count: Int) -> [String] {
        var sample = self
        return sample.orderObjects(count: count)
    }

    private mutating func orderObjects(count: Int) -> [String] {
        (0..<count).map { number in
            let (channel, store) = Self.sources[number % 3]
            var all = [#""channel":"\#(channel)",\#(store)"number":"O-\#(number)""#, #""placedAt":"\#(time())""#]
            all.append(#""currency":"\#(chance(90) ? "EUR" : "JPY")","total":"\#(chance(90) ? "12.5" : "-3")""#)
            if chance(70) {
                let ref = chance(60) ? [#""ref":"r\#(Int.random(in: 0..<60, using: &random))""#] : []
                all.append(#""customer":\#(object(ref + person()))"#)
            }
            if chance(60) { all.append(#""billing":\#(address())"#) }
            if chance(40) { all.append(#""shipping":\#(address())"#) }
            if chance(80) {
                let lines = (0..<Int.random(in: 0...3, using: &random)).map { place in
                    let quantity = [#""quantity":\#(place + 1),"unitPrice":"1.25","vatRate":21"#]
                    return object(members(["sku", "title"]) + (chance(80) ? quantity : []) + extra())
                }
                all.append(#""lines":[\#(lines.joined(separator: ","))]"#)
            }
            if chance(50) { all.append(#""updatedAt":"\#(time())""#) }
            if chance(30) { all.append(#""status":"\#(text())""#) }
            return object(all + extra())
        }
    }

    /// Commands that fill a shop.
    func lines() -> [String] {
        var sample = self
        return sample.allLines()
    }

    private mutating func allLines() -> [String] {
        let orders = orderObjects(count: 150)
        var lines = (0..<60).map { number -> String in
            let (channel, store) = Self.sources[number % 3]
            let told = chance(50) ? [#""updatedAt":"\#(time())""#] : []
            let addresses = chance(40) ? [#""billing":\#(address())"#, #""shipping":\#(address())"#] : []
            let head = #""channel":"\#(channel)",\#(store)"ref":"p\#(number)""#
            return "CUSTOMER.PUT " + object([head] + person() + addresses + told)
        }
        lines += orders.map { "ORDER.PUT " + $0 }
        for number in 0..<50 {
            let order = number * 3 % 150
            let name = [("web", ""), ("bol", "/nl2"), ("shopify", "")][order % 3]
            let facts = [
                ("shipment", #"{"id":"p","trackingCode":"\#(text())","lines":[{"sku":"A","quantity":2}],"x":[1, 2]}"#),
                ("refund", #"{"amount":"2.5","reason":"\#(text())","updatedAt":"\#(time())"}"#),
                ("status", #"{"id":"s","status":"\#(text())","at":"\#(time())"}"#),
                ("return", #"{"id":"r","lines":[{"sku":"\#(text())","reason":"\#(text())"}]}"#),
                ("payment", #"{"id":"t","amount":1,"paidAt":"2026-03-01"}"#),
            ]
            let (kind, fact) = facts[number % facts.count]
            lines.append("FACT.PUT kind=\(kind) order=\(name.0)\(name.1):O-\(order) \(fact)")
        }
        for number in 0..<40 {
            let head =
                #""kind":"\#(number % 2 == 0 ? "invoice" : "credit-note")","number":"F-\#(number)","order":"web:O-\#(number * 3)""#
            let more = chance(50) ? [#""total":"-1","currency":"EUR","recipient":\#(address())"#] : []
            lines.append(
                "DOCUMENT.PUT " + object([head] + more + extra() + (chance(50) ? [#""issuedAt":"\#(time())""#] : [])))
        }
        return lines
    }
}
