import Bytes
import Commerce
import Testing

@testable import Wire

func written(_ body: (inout ByteWriter) -> Void) -> String {
    var writer = ByteWriter()
    body(&writer)
    return writer.span.text
}

/// The JSON behind `OK` or `ROW`; nil if the text is not exactly one such line.
func reply(_ text: String, _ word: String) -> JSONValue? {
    guard text.hasPrefix(word + " "), text.utf8.last == 0x0A, text.utf8.count(where: { $0 == 0x0A }) == 1 else {
        return nil
    }
    let bytes = [UInt8](text.utf8.dropFirst(word.utf8.count + 1).dropLast())
    do { return try JSONValue(parsing: bytes.span) } catch { return nil }
}

@Suite struct ReplyEncoderTests {
    /// Whatever a text holds, the reply around it is one line of JSON.
    static let nasty =
        (0..<0x30).map { String(Unicode.Scalar(UInt8($0))) } + [
            "\u{7F}", "\"", "\\", "a\nOK {}", "\u{85}", "\u{2028}", "é😀",
        ]

    @Test(arguments: nasty) func aReplyIsOneLine(text: String) {
        let tag = [UInt8](text.utf8)
        let ok = written {
            $0.beginOK(tag: tag)
            $0.key("text")
            $0.string(text)
            $0.endReply()
        }
        #expect(reply(ok, "OK")?["tag"]?.string == text && reply(ok, "OK")?["text"]?.string == text)
        let row = written {
            $0.beginRow()
            $0.key(text)
            $0.string(text)
            $0.endReply()
        }
        #expect(reply(row, "ROW")?.members == [JSONMember(text, .string(text))])
        let error = written { $0.error(Refusal(.invalid, text), tag: tag) }
        #expect(
            error.hasPrefix("ERR INVALID tag=") && error.utf8.count(where: { $0 == 0x0A }) == 1
                && error.utf8.last == 0x0A)
        #expect(!error.dropLast().utf8.contains { $0 < 0x20 || $0 == 0x7F })
    }

    @Test func shortForms() {
        #expect(written { $0.plainOK(tag: nil) } == "OK\n")
        #expect(written { $0.plainOK(tag: [0x37]) } == "OK {\"tag\":\"7\"}\n")
        #expect(written { $0.ok([UInt8](#"{"a":1}"#.utf8).span, tag: nil) } == "OK {\"a\":1}\n")
        #expect(written { $0.ok([UInt8](#"{"a":1}"#.utf8).span, tag: [0x37]) } == "OK {\"tag\":\"7\",\"a\":1}\n")
        #expect(written { $0.ok([UInt8]("{}".utf8).span, tag: [0x37]) } == "OK {\"tag\":\"7\"}\n")
        #expect(written { $0.error(Refusal(.notFound, "no such thing")) } == "ERR NOTFOUND no such thing\n")
    }

    @Test(arguments: [
        (Verdict.recorded(.created), #""resolution":"created","duplicate":false"#),
        (.recorded(.merged), #""resolution":"merged","duplicate":false"#),
        (.revised(.matched), #""resolution":"matched","duplicate":false,"revised":true"#),
        (.duplicate, #""resolution":"matched","duplicate":true"#),
        (.stale, #""resolution":"matched","duplicate":false,"stale":true"#),
    ])
    func writesWhatBecameOfAWrite(verdict: Verdict, middle: String) {
        let text = written {
            $0.beginOK()
            $0.written(verdict, customer: 7, sequence: 9)
            $0.endReply()
        }
        #expect(text == #"OK {"customer":"C7",\#(middle),"seq":9}"# + "\n")
    }
}

@Suite struct CommandTableTests {
    @Test func describesEveryCommandOnce() {
        let texts = CommandTable.all.map { "\($0.text)" }
        #expect(Set(texts).count == texts.count)
        #expect(CommandTable.all.count == CommandName.allCases.count)
        #expect(CommandName.allCases.allSatisfy { name in CommandTable.all.contains { $0.name == name } })
    }

    @Test func findsInAnyCase() {
        for description in CommandTable.all {
            for text in [
                "\(description.text)", "\(description.text)".lowercased(),
                "\(description.text)".prefix(1).lowercased() + "\(description.text)".dropFirst(),
            ] {
                #expect(find(text) == description.name)
            }
        }
        for text in ["", "PIN", "PINGS", "ORDER PUT", "ORDER.", "ORDER\u{0E}PUT", "\u{10}ING", "É"] {
            #expect(find(text) == nil)
        }
        let isOrderPut = ["order.Put", "ORDER.PUTS"].map { CommandTable.isOrderPut([UInt8]($0.utf8).span) }
        #expect(isOrderPut == [true, false])
    }

    private func find(_ text: String) -> CommandName? { CommandTable.find([UInt8](text.utf8).span)?.name }

    @Test func onlyWritesAreWrites() {
        let writes = CommandName.allCases.filter(\.isWrite)
        #expect(
            writes == [
                .orderPut, .channelPut, .customerPut, .customerPin, .customerUnpin, .customerVerify, .documentPut,
                .noteAdd, .customerMerge, .customerSplit, .customerBind, .customerExclude, .customerLink,
                .customerRelease,
                .identityAccept, .identityReject, .identityLearn, .identityPropose, .identityActivate, .quarantineHold,
                .quarantineRelease, .shopConfigure, .orderShip, .orderDelay, .orderReturn, .returnReceive,
                .orderCancel, .orderRefund, .paymentRecord, .bookingUpdate, .templatePut, .templateRemove, .shopSender,
                .customerWishes, .customerLanguage, .messageQueue, .outboxTake, .outboxDone, .shopSeller, .shopSeries,
                .documentCreate, .documentEdit, .documentPost, .documentDiscard, .documentCredit, .voucherIssue,
                .voucherRedeem, .voucherReverse, .chequeTake, .chequePay, .customerTag, .customerUntag, .customerBlock,
                .customerUnblock, .customerBulk, .rulePut, .ruleMove, .ruleTest, .ruleOn, .ruleOff, .ruleRemove,
                .shopAutomate, .factPut, .voucherRenew, .fileBegin, .filePart, .fileEnd, .documentAttach,
                .documentLabel,
                .documentUnlabel, .documentShare, .documentSend, .documentRemove, .shopRetention, .reportCustomer,
                .termsPut, .termsRemove, .customerGroup, .brochureRequest, .brochurePrinted, .brochureWithdraw,
                .customerLogIn, .invoiceRemind,
            ])
    }

    @Test func helpListsAndExplainsEveryCommand() throws {
        let rows = String(decoding: try HelpText.rows(for: nil), as: UTF8.self).split(separator: "\n")
        #expect(rows.count == CommandTable.all.count)
        for (row, description) in zip(rows, CommandTable.all) {
            #expect(reply(row + "\n", "ROW")?["command"]?.string == "\(description.text)")
            let long = String(decoding: try HelpText.rows(for: [UInt8]("\(description.text)".utf8)), as: UTF8.self)
            #expect(reply(long, "ROW")?["details"]?.string == "\(description.details)")
            #expect(reply(long, "ROW")?["options"]?.array?.count == description.options.count)
        }
    }

    @Test func helpRefusesWhatIsNoCommand() {
        #expect(throws: Refusal.self) { try HelpText.rows(for: [UInt8](repeating: 0xFF, count: 1_000)) }
    }
}
