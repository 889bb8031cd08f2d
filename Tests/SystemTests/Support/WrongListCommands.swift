/// Lists, history, exchange and money.
extension WrongCommand {
    private static let lists = [
        WrongCommand(
            "CUSTOMER.TAG", "C1 vip",
            [
                "1": .customer, "2": .only("a,b", "\"\"", "\" \"", "\"a\\tb\"", WrongValues.long),
                "cause": .word, "actor": .name,
            ], lines: ["SYNTAX INVALID": ["", "C1", "C1 " + (1...21).map { "t\($0)" }.joined(separator: " ")]]),
        WrongCommand(
            "CUSTOMER.UNTAG", "C1 vip",
            [
                "1": .customer, "2": .only("a,b", "\"\"", "\" \"", "\"a\\tb\"", WrongValues.long),
                "actor": .name,
            ], lines: ["SYNTAX INVALID": ["", "C1"]]),
        WrongCommand(
            "CUSTOMER.BLOCK", "C1 reason=x", ["1": .customer, "reason": .name, "actor": .name],
            lines: ["SYNTAX INVALID": ["", "C1", "reason=x"]]),
        WrongCommand("CUSTOMER.UNBLOCK", "C1", ["1": .customer, "actor": .name], lines: ["SYNTAX INVALID": [""]]),
        WrongCommand(
            "CUSTOMER.SEARCH", "limit=1",
            [
                "tagged": .only("a,,b", "\"\"", WrongValues.long),
                "untagged": .only("\"\"", WrongValues.long), "blocked": .choice,
                "numbers": .only("x", "C1,", "C0", "\"\"", "C-1"), "sort": .choice, "from": .count,
                "limit": .count.and("1001"), "full": .choice,
                "cursor": .only("x", "1.2.3", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                "text": .only(WrongValues.long, "\"" + (1...13).map { "w\($0)" }.joined(separator: " ") + "\""),
            ], lines: ["SYNTAX INVALID": ["cursor=a.1.1 text=x", "C1"]]),
        WrongCommand(
            "CUSTOMER.ORDERS", "C1",
            ["1": .customer, "since": .moment, "from": .count, "limit": .count.and("1001")],
            lines: [
                "SYNTAX INVALID": ["", "C1 C2", "limit=1"],
                "NOTFOUND INVALID": ["email=nobody@nobody.nl", "phone=1", "ref=x:y", "document=none"],
            ]),
        WrongCommand(
            "CUSTOMER.BULK", "action=tag value=spring all=yes",
            [
                "action": .choice.and("delete", "merge"), "value": .only("a,,b", "\"\"", WrongValues.long),
                "all": .choice.and("no"),
                "preview": .choice, "cause": .word, "actor": .name,
            ],
            lines: [
                "SYNTAX INVALID": [
                    "", "action=tag value=x", "value=x all=yes", "action=tag all=yes", "action=block all=yes",
                    "action=language value=klingons all=yes", "action=wish value=newsletter all=yes",
                    "action=wish value=fame:no all=yes", "action=message all=yes",
                    "action=message event=none id=x all=yes",
                    "action=message event=customer.mailing all=yes", "action=tag value=x numbers=x",
                    "action=tag value=x numbers=C1,,C1",
                    "action=tag value=x all=yes country=NL", "action=tag value=x blocked=perhaps",
                    "action=tag value=x tagged=\"\"", "action=tag value=x tagged=,",
                    "action=tag value=x text=\"\"", "action=tag value=x text=\" \"",
                    "action=tag value=x numbers=\"\"",
                    "action=tag value=x country=\"\"", "action=tag value=x channel=\"\"",
                    "action=tag value=x untagged=\"\"",
                ]
            ]),
    ]

    private static let past: [WrongCommand] =
        [
            WrongCommand(
                "FEED", "from=1",
                [
                    "from": .only(
                        "-1", "x", "1.5", "NaN", "99999999", "99999999999999999999", "\"\"", WrongValues.digits,
                        codes: "INVALID REFUSED"), "to": .only("-1", "x", "NaN", "99999999999999999999", "\"\""),
                    "limit": .count, "wait": .only("-1", "61", "x", "NaN", "\"\"", WrongValues.digits),
                ], lines: ["SYNTAX INVALID": ["", "to=2"]]),
            WrongCommand(
                "CUSTOMER.HISTORY", "C1",
                ["1": .customer, "from": .only("-1", "x", "NaN", "99999999999999999999", "\"\""), "limit": .count],
                lines: ["SYNTAX INVALID": ["", "from=1"]]),
        ]
        + [("CUSTOMER.360", "C1"), ("CUSTOMER.FIND", ""), ("ORDER.GET", "web:1"), ("ORDER.LIFE", "web:1")].map {
            WrongCommand(
                $0, $1,
                [
                    "at": .only(
                        "-1", "x", "NaN", "2026-02-29T00:00:00Z", "yesterday", "999999", "99999999999999999999",
                        "1999-01-01T00:00:00Z", "\"\"", WrongValues.digits, codes: "INVALID REFUSED")
                ])
        }

    private static let exchange: [WrongCommand] =
        ["ORDER.EXPORT", "CUSTOMER.EXPORT", "DOCUMENT.EXPORT", "FACT.EXPORT"].map {
            WrongCommand(
                $0, "limit=1",
                [
                    "limit": .count.and("10001"),
                    "after": .only("x", "-1", "1.5", "NaN", "\"\"", WrongValues.digits), "since": .moment,
                    "actor": .name,
                ],
                lines: ["SYNTAX INVALID": ["C1"]])
        } + [
            WrongCommand(
                "FACT.PUT", #"kind=shipment order=web:1 {"id":"s1","trackingCode":"3S"}"#, takesJSON: true,
                ["kind": .choice.and("wish"), "order": .only("web", ":1", "web:", "\"\"", WrongValues.long)],
                lines: [
                    "SYNTAX INVALID": [
                        "", "kind=shipment order=web:1", #"kind=shipment {"id":"x"}"#, #"order=web:1 {"id":"x"}"#,
                        "kind=shipment order=web:1 []",
                        #"kind=refund order=web:1 {"amount":"-1"}"#, #"kind=refund order=web:1 {"amount":"NaN"}"#,
                        #"kind=refund order=web:1 {"amount":1e300}"#,
                        #"kind=delay order=web:1 {"until":"2026-02-29"}"#, #"kind=delay order=web:1 {}"#,
                        #"kind=shipment order=web:1 {"id":"a\u0000b"}"#,
                        #"kind=shipment order=web:1 {"lines":[{"sku":"A","quantity":-1}]}"#,
                        #"kind=shipment order=web:1 {"lines":{}}"#, #"kind=status order=web:1 {"id":"x"}"#,
                        #"kind=shipment order=web:1 {"id":"x","updatedAt":"2026-02-29T00:00:00Z"}"#,
                    ]
                ])
        ]

    private static let money = [
        WrongCommand(
            "VOUCHER.ISSUE", "amount=5.00 currency=EUR",
            [
                "amount": .amount, "currency": .only("E", "EURO", "İUR", "123", "\"\"", WrongValues.long),
                "customer": .customer,
                "extra": .only("-1", "1.005", "NaN", "x", "99999999999999999999"), "description": .word,
                "reason": .word, "startsAt": .moment,
                "expiresAt": .moment, "id": .name, "actor": .name,
                "creditNote": .only(
                    "D1", "D2", "D999", "none", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND REFUSED"),
            ],
            lines: [
                "SYNTAX INVALID": [
                    "", "amount=5", "currency=EUR",
                    "amount=5 currency=EUR startsAt=2027-01-02T00:00:00Z expiresAt=2027-01-01T00:00:00Z",
                ]
            ]),
        WrongCommand(
            "VOUCHER.SHOW", "voucher=V1",
            [
                "voucher": .only(
                    "V0", "V-1", "V999", "x", "1", "V99999999999999999999", "\"\"", "@voucher",
                    WrongValues.long, codes: "INVALID NOTFOUND")
            ], lines: ["SYNTAX INVALID": ["", "voucher=V1 code=$code"]]),
        WrongCommand(
            "VOUCHER.REDEEM", "code=$code amount=1.00 id=new",
            [
                "code": .only(
                    "x", "$mistyped", "7QK2-9MXH-0V4T-PB3Z-W8", "@code", "\"\"", "İ", WrongValues.long,
                    codes: "INVALID NOTFOUND"), "amount": .amount, "id": .name,
                "currency": .only("USD", "E", "İUR", "\"\"", codes: "INVALID CONFLICT"), "in": .choice,
                "order": .only("web", ":1", "web:", "/main:1", "\"\"", WrongValues.long), "actor": .name,
            ],
            lines: [
                "SYNTAX INVALID": ["", "code=$code amount=1.00", "code=$code id=new", "amount=1 id=new"],
                "CONFLICT": ["code=$code amount=1000.00 id=new", "code=$code amount=2.00 id=old"],
            ]),
        WrongCommand(
            "VOUCHER.REVERSE", "id=none", ["id": .name, "reason": .word, "actor": .name],
            lines: ["NOTFOUND": ["id=none"], "SYNTAX INVALID": [""]]),
        WrongCommand(
            "VOUCHER.RENEW", "voucher=V1 id=new",
            [
                "voucher": .only(
                    "V0", "V999", "x", "@voucher", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                "id": .name, "reason": .word, "actor": .name,
            ], lines: ["SYNTAX INVALID": ["", "voucher=V1", "id=new", "voucher=V1 code=$code id=new"]]),
        WrongCommand(
            "CHEQUE.TAKE", "voucher=V1",
            [
                "voucher": .only("V0", "V999", "x", "@voucher", "\"\"", codes: "INVALID NOTFOUND"), "reason": .word,
                "actor": .name,
            ], lines: ["SYNTAX INVALID": ["", "voucher=V1 code=$code"]]),
        WrongCommand(
            "CHEQUE.PAY", "voucher=V1 reference=x",
            [
                "voucher": .only("V0", "V999", "x", "@voucher", "\"\"", codes: "INVALID NOTFOUND"),
                "reference": .name, "actor": .name,
            ], lines: ["SYNTAX INVALID": ["", "voucher=V1"], "REFUSED": ["voucher=V1 reference=x"]]),
    ]

    static let everything = files + automation + lists + past + exchange + money
}
