import Bytes
import Testing

@testable import Commerce

@Suite struct PersonNameTests {
    static func key(first: String = "", last: String = "", full: String = "") -> String? {
        let (first, last, full) = (Array(first.utf8), Array(last.utf8), Array(full.utf8))
        var output = ByteWriter()
        output.append("<")
        let isName = PersonName.appendFamilyKey(first: first.span, last: last.span, full: full.span, into: &output)
        if !isName { #expect(output.count == 1) }
        return isName ? output.span.text(1..<output.count) : nil
    }

    @Test(arguments: [
        ("Jan de Vries", "vries/j"), ("de Vries, Jan", "vries/j"), ("Vries, Jan de", "vries/j"),
        ("Vries, de", "vries/"),
        ("DEVRIES J.", "vries/j"), ("Dhr. J.P. de Vries sr.", "vries/j"), ("De Vries Jan", "vries/j"),
        ("VAN DER BERG J.", "berg/j"), ("Jan v.d. Berg", "berg/j"), ("Jan v/d Berg", "berg/j"),
        ("J. Vandenberg", "berg/j"),
        ("Jan van den Berg", "berg/j"), ("Jan Devos", "vos/j"), ("Denis Derks", "derks/d"),
        ("Dr. Anna-Maria Müller-Lüdenscheidt", "mullerludenscheidt/a"),
        ("Frau Dr. Anna Mueller Luedenscheidt", "ludenscheidt/a"),
        ("Prof. Dr. Karl Müller", "muller/k"), ("MUELLER KARL", "karl/m"), ("Müller, Karl", "muller/k"),
        ("J.P. Jansen jr.", "jansen/j"), ("John Smith III", "smith/j"), ("Sean O'Brien", "obrien/s"),
        ("Sean O’Brien", "obrien/s"),
        ("Maarten 't Hart", "hart/m"), ("Gabriele D'Annunzio", "annunzio/g"), ("Fam. Jansen", "jansen/"),
        ("Dhr. en Mevr. P. Jansen", "jansen/p"), ("Madonna", "madonna/"), ("Thi Van", "van/t"),
        ("Herr Jansen", "jansen/"),
        ("Juan García López", "lopez/j"), ("Osama bin Laden", "laden/o"), ("Γιώργος Παπαδόπουλος", "παπαδοπουλοσ/γ"),
        ("Юрий Гагарин", "гагарин/ю"), ("山田太郎", "山田太郎/"), ("Jan IJzerman", "yzerman/j"), ("Le", "le/"),
    ])
    func fullNames(full: String, expected: String) {
        #expect(Self.key(full: full) == expected)
    }

    @Test(arguments: [
        ("Jan", "de Vries", "vries/j"), ("Jan", "Vries, de", "vries/j"), ("J.", "De Vries", "vries/j"),
        ("", "Jan de Vries", "vries/j"),
        ("Jan de Vries", "", "vries/j"), ("Jan de Vries", ".", "vries/j"), ("Jan de", "Vries", "vries/j"),
        ("De heer J.", "de Vries", "vries/j"), ("Thi", "Van", "van/t"), ("Dr. Karl", "Müller", "muller/k"),
        ("Ana", "García López", "garcialopez/a"), ("Mevr. A.", "Jansen-de Boer", "jansendebor/a"),
        ("Anna", "von und zu Hohenstein", "hohenstein/a"),
    ])
    func twoFields(first: String, last: String, expected: String) {
        #expect(Self.key(first: first, last: last) == expected)
    }

    @Test(arguments: [
        "", " ", "-", "n/a", "N.A.", "Test Test", "guest", "Gast", "Klant", "xxx", "...", "A",
        "Amazon Business EU SARL", "Dhr.",
    ])
    func placeholders(full: String) {
        #expect(Self.key(full: full) == nil)
    }

    @Test func aLongNameIsNoName() {
        #expect(Self.key(full: String(repeating: "ab ", count: 100_000)) == nil)
        #expect(Self.key(first: "Jan", last: String(repeating: "x", count: 1 << 20)) == nil)
    }

    @Test(arguments: [UInt64(4), 5]) func junkNeverCrashes(seed: UInt64) {
        var junk = Junk(seed: seed)
        for _ in 0..<20_000 {
            var output = ByteWriter()
            let (first, last, full) = (
                junk.bytes(alphabet: "ab ,-'.Éé東", longest: 12), junk.bytes(alphabet: "dev an'’,-ß.", longest: 20),
                junk.bytes(alphabet: "vd ejr,.- '", longest: 40)
            )
            if PersonName.appendFamilyKey(first: first.span, last: last.span, full: full.span, into: &output) {
                #expect(output.count >= 3)
            } else {
                #expect(output.count == 0)
            }
            _ = CompanyName.fold(full.span, into: &output)
        }
    }
}

@Suite struct CompanyNameTests {
    @Test(arguments: [
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"), ("Mueller und Soehne", "muller sohne"),
        ("Jansen B.V.", "jansen"),
        ("JANSEN BV", "jansen"), ("Dupont S.A.R.L.", "dupont"), ("Ferrari S.p.A.", "ferrari"), ("Acme, Inc.", "acme"),
        ("Kowalski Sp. z o.o.", "kowalski"), ("Volvo AB", "volvo"), ("Nordea Bank Abp", "nordea bank abp"),
        ("A B C Ltd", "a b c"),
        ("GmbH", "gmbh"), ("Hansen ApS", "hansen"), ("UG (haftungsbeschränkt) Meier", "meier"),
    ])
    func names(raw: String, expected: String) {
        let bytes = Array(raw.utf8)
        var output = ByteWriter()
        #expect(CompanyName.fold(bytes.span, into: &output))
        #expect(output.span.text == expected)
    }

    @Test(arguments: ["", "-", "n/a", "Privat", "particulier", "Amazon Business EU SARL"])
    func placeholders(raw: String) {
        let bytes = Array(raw.utf8)
        var output = ByteWriter()
        #expect(!CompanyName.fold(bytes.span, into: &output))
        #expect(output.count == 0)
    }
}
