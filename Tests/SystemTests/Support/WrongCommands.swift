/// All that is tried, by what it is about. Names that begin with `$` or `@` stand for what the two shops have.
extension WrongCommand {
    static let files = [
        WrongCommand(
            "FILE.BEGIN", "name=a.pdf type=text/plain bytes=3",
            [
                "name": .name.and("a/b", ".."), "type": .only("pdf", "İ/x", "/x", WrongValues.long),
                "bytes": .offset,
            ],
            lines: ["INVALID": ["", "type=text/plain", "bytes=3"], "TOOLARGE": ["name=a bytes=999999999"]]),
        WrongCommand(
            "FILE.PART", #"id=$other {"data":"YQ=="}"#, takesJSON: true, ["id": .upload],
            lines: [
                "SYNTAX INVALID": [
                    "", "id=$other", #"{"data":"YQ=="}"#, "id=$other {}", "id=$other []",
                    #"id=$other {"data":1}"#, #"id=$other {"data":"Y"}"#, #"id=$other {"data":"YQ"}"#,
                    #"id=$other {"data":"Y-=="}"#, #"id=$other {"data":"YR=="}"#, #"id=$other {"data":null}"#,
                    #"id=$other {"date":"YQ=="}"#,
                ]
            ]),
        WrongCommand(
            "FILE.END", "id=$other", ["id": .upload, "sha256": .only("x", "İ", "\"\"", WrongValues.long)]),
        WrongCommand(
            "DOCUMENT.ATTACH", "customer=C1 file=$upload",
            [
                "file": .upload, "customer": .customer, "kind": .choice.and("invoice", "credit-note", "voucher"),
                "name": .name.and("a/b"), "visibility": .choice, "label": .name, "language": .language,
                "country": .country, "actor": .name,
            ],
            lines: [
                "SYNTAX INVALID": ["", "customer=C1", "file=$upload", "customer=C1 order=web:1 file=$upload"],
                "NOTFOUND INVALID": [
                    "order=web:9 file=$upload", "document=D99 file=$upload", "document=@file file=$upload",
                ],
                "REFUSED": ["customer=C1 file=$other"],
            ]),
        WrongCommand("DOCUMENT.FETCH", "F1", ["1": .document, "offset": .offset, "bytes": .offset]),
        WrongCommand(
            "DOCUMENT.LABEL", "label=x documents=F1",
            ["label": .name, "documents": .document.and("F1,", ",", "F1,F999"), "actor": .name]),
        WrongCommand(
            "DOCUMENT.UNLABEL", "label=x documents=F1",
            ["label": .name, "documents": .document.and("F1,", ",", "F1,F999"), "actor": .name]),
        WrongCommand(
            "DOCUMENT.SHARE", "F1 visibility=customer", ["1": .document, "visibility": .choice, "actor": .name],
            lines: ["SYNTAX INVALID": ["", "F1"]]),
        WrongCommand(
            "DOCUMENT.SEND", "documents=F1",
            [
                "documents": .document.and("F1,", ","), "template": .choice.and("order.shipped"),
                "language": .language, "customer": .customer, "id": .name, "actor": .name,
            ],
            lines: [
                "SYNTAX INVALID": ["", "documents=F1 label=x"], "NOTFOUND": ["label=none"],
                "REFUSED": ["documents=$draft", "documents=F1"],
            ]),
        WrongCommand(
            "DOCUMENT.REMOVE", "F1", ["1": .document, "reason": .word, "actor": .name],
            lines: ["REFUSED": ["F1", "D1", "$invoice"]]),
        WrongCommand(
            "SHOP.RETENTION", "kind=invoice years=9",
            [
                "kind": .choice.and("notes", "itinerary"),
                "years": .only("-1", "1.5", "NaN", "x", "99999", "\"\"", WrongValues.digits), "country": .country,
                "source": .word, "actor": .name,
            ], lines: ["SYNTAX INVALID": ["kind=invoice", "years=7", "country=NL", "source=x"]]),
        WrongCommand("REPORT.CUSTOMER", "C1", ["1": .customer, "file": .choice, "actor": .name]),
        WrongCommand("ORDER.DOCUMENTS", "web:1", ["1": .order]),
    ]

    static let rule = #"{"on":["order.placed"],"do":[{"tag":"x"}]}"#

    private static func rules(_ values: [String], _ template: (String) -> String) -> [String] {
        values.map { "name=x \(template($0))" }
    }

    static let automation = [
        WrongCommand(
            "RULE.PUT", "name=x \(rule)", takesJSON: true,
            ["name": .name.and("A", "\"a b\"", "ı", "a/b"), "actor": .name],
            lines: [
                "SYNTAX INVALID": ["", "name=x", rule, "name=x []", "name=x y \(rule)"]
                    + rules(["[]", "1", #""order.placed""#, #"["order.eaten"]"#, "null", "[1]"]) {
                        #"{"on":\#($0),"do":[{"tag":"x"}]}"#
                    }
                    + rules([
                        "[]", "{}", #"[{"dance":"x"}]"#, #"[{"tag":""}]"#, #"[{"tag":"a,b"}]"#, #"[{"tag":1}]"#,
                        #"[{"tag":"\#(WrongValues.long)"}]"#, #"[{"message":"order.shipped"}]"#,
                        #"[{"message":"none"}]"#, #"[{"message":"order.confirmed","days":-1}]"#,
                        #"[{"message":"review.request","days":NaN}]"#, #"[{"setLanguage":"klingons"}]"#,
                        #"[{"note":""}]"#, #"[{"note":"\#(WrongValues.long)"}]"#, #"[{"tag":"a","note":"b"}]"#,
                    ]) { #"{"on":["order.placed"],"do":\#($0)}"# }
                    + rules([
                        "{}", #"[{"field":"colour","op":"is","value":"x"}]"#,
                        #"[{"field":"channel","op":"<","value":"x"}]"#, #"[{"field":"channel","op":"is"}]"#,
                        #"[{"field":"order.total","op":">=","value":"many"}]"#,
                        #"[{"field":"order.total","op":">=","value":1e300}]"#,
                        #"[{"field":"customer.spent.XXXX","op":">=","value":1}]"#,
                        #"[{"field":"channel","op":"is","value":[]}]"#, #"[{"any":[]}]"#,
                        #"[{"any":[{"any":[{"field":"channel","op":"is","value":"x"}]}]}]"#,
                    ]) { #"{"on":["order.placed"],"if":\#($0),"do":[{"tag":"x"}]}"# }
                    + rules([
                        #"{"do":[{"tag":"x"}]}"#, #"{"on":["order.placed"]}"#,
                        #"{"on":["order.placed"],"do":[{"tag":"x"}],"shoes":1}"#,
                        #"{"on":["order.placed"],"on":[],"do":[{"tag":"x"}]}"#,
                    ]) { $0 }
            ]),
        WrongCommand(
            "RULE.SHOW", "name=regular",
            [
                "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                "version": .only(
                    "-1", "+1", "1.5", "NaN", "x", "99999999999999999999", "9", WrongValues.digits,
                    codes: "INVALID NOTFOUND"),
            ]),
        WrongCommand(
            "RULE.MOVE", "name=regular",
            [
                "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                "before": .only("none", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND REFUSED"),
                "actor": .name,
            ]),
        WrongCommand(
            "RULE.TEST", "name=regular",
            [
                "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                "since": .moment, "limit": .count.and("100001"), "actor": .name,
            ]),
        WrongCommand(
            "RULE.ON", "name=regular",
            [
                "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                "force": .choice, "actor": .name,
            ], lines: ["REFUSED": ["name=regular"]]),
        WrongCommand(
            "RULE.OFF", "name=regular",
            ["name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"), "actor": .name]),
        WrongCommand(
            "RULE.REMOVE", "name=regular",
            ["name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"), "actor": .name]),
        WrongCommand("RULE.LOG", "limit=1", ["limit": .count]),
        WrongCommand("RULE.LIST", ""),
        WrongCommand(
            "SHOP.AUTOMATE", "event=order.delayed on=yes",
            [
                "event": .choice.and("documents.sent"), "on": .choice,
                "days": .only("-1", "1.5", "NaN", "x", "99999", "\"\"", WrongValues.digits), "actor": .name,
            ],
            lines: [
                "SYNTAX INVALID": ["event=order.delayed", "on=yes"], "REFUSED": ["event=order.shipped on=yes"],
            ]),
    ]
}
