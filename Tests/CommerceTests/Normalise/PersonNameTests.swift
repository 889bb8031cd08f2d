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
        ("Vries Jan de", "vries/j"), ("Vries, de, Jan", "vries/j"), ("JP de Vries", "vries/j"),
        ("Berg Jan van den", "berg/j"),
        ("zu Guttenberg, Karl-Theodor", "guttenberg/k"), ("Leonardo da Vinci", "vinci/l"),
        ("Ana dos Santos", "santos/a"),
        ("Menno ter Braak", "brak/m"), ("Claire Le Goff", "goff/c"), ("Jean de La Fontaine", "fontaine/j"),
        ("Jörgen Åström", "astrom/j"), ("Joergen Aastroem", "astrom/j"), ("Peter Weiß", "weiss/p"),
        ("Herrn Peter Meier", "meier/p"), ("An Herrn Peter Meier", "meier/p"), ("z.Hd. Frau Eva Meier", "meier/e"),
        ("T.a.v. J. Jansen", "jansen/j"), ("Mr. and Mrs. John Smith", "smith/j"), ("Sr. Juan Pérez", "perez/j"),
        ("Juan Pérez sr.", "perez/j"), ("Dott. Mario Rossi", "rossi/m"), ("Fru Anna Hansen", "hansen/a"),
        ("Prof. Dr. med. Hans Müller", "muller/h"), ("Ing. Jan Novák, Ph.D.", "novak/j"),
        ("Karl Braun, MBA", "braun/k"),
        ("Karl Braun (Büro)", "braun/k"), ("Jan de Vries c/o Piet Bakker", "vries/j"), ("Nguyen Thi Van", "nguyen/t"),
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
        "aaa bbb", "asdf asdf", "12345", "0", "?", "Amazon Customer", "bol.com klant", "Onbekend", "Unknown", "none",
        "n.v.t.",
        "", " ", "-", "n/a", "N.A.", "Test Test", "guest", "Gast", "Klant", "xxx", "...", "A",
        "Amazon Business EU SARL", "Dhr.",
    ])
    func placeholders(full: String) {
        #expect(Self.key(full: full) == nil)
    }

    @Test(arguments: [
        ("Jan de Vries", NameClass.real), ("Amazon Business EU SARL", .constant), ("Guest", .placeholder),
        ("", .placeholder),
        ("xxx", .placeholder), ("Xu", .real),
    ])
    func classes(name: String, expected: NameClass) {
        let bytes = Array(name.utf8)
        #expect(PersonName.classify(bytes.span) == expected)
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
        ("GmbH", "gmbh"), ("3M", "3m"),
        ("Hansen ApS", "hansen"), ("UG (haftungsbeschränkt) Meier", "meier"),
    ])
    func names(raw: String, expected: String) {
        let bytes = Array(raw.utf8)
        var output = ByteWriter()
        #expect(CompanyName.fold(bytes.span, into: &output))
        #expect(output.span.text == expected)
    }

    /// The legal forms of every country of the EU, and of Great Britain, Switzerland and Norway, short and spelled out.
    @Test(arguments: [
        "Acme GmbH", "Acme Ges.m.b.H.", "Acme GesmbH", "Acme Gesellschaft mit beschränkter Haftung", "Acme AG",
        "Acme Aktiengesellschaft", "Acme OHG", "Acme KG", "Acme e.K.", "Acme e.U.", "Acme gGmbH", "Acme GmbH & Co. KG",
        "Acme UG (haftungsbeschränkt)", "Acme GbR", "Acme B.V.", "Acme NV", "Acme V.O.F.", "Acme BVBA", "Acme SPRL",
        "Acme SA/NV", "Acme Comm.V.", "Acme ASBL", "Acme VZW", "Acme S.A.R.L.", "Acme S.à r.l.", "Acme SAS",
        "Acme SASU",
        "Acme EURL", "Acme Société à responsabilité limitée", "Acme Ltd", "Acme Limited", "Acme Co., Ltd.", "Acme PLC",
        "Acme LLP", "Acme DAC", "Acme Teoranta", "Acme S.p.A.", "Acme S.r.l.", "Acme S.R.L.S.", "Acme Sagl",
        "Acme S.L.",
        "Acme S.L.U.", "Acme S.A.", "Acme Lda", "Acme, Unipessoal Lda.", "Acme ApS", "Acme A/S", "Acme I/S", "Acme AB",
        "Acme Aktiebolag", "Acme Oy", "Acme Oyj", "Acme Oy Ab", "Acme Osakeyhtiö", "Acme AS", "Acme ANS", "Acme ENK",
        "Acme OÜ", "Acme SIA", "UAB Acme", "UAB \"Acme\"", "Acme Sp. z o.o.", "Acme Sp. z o.o. Sp. k.", "Acme Sp.j.",
        "Acme s.r.o.", "Acme spol. s r.o.", "Acme a.s.", "Acme v.o.s.", "Acme k.s.", "Acme d.o.o.", "Acme j.d.o.o.",
        "Acme d.d.", "Acme Kft.", "Acme Zrt.", "Acme Nyrt.", "Acme Bt.", "Acme EOOD", "Acme ООД", "Acme ЕООД",
        "Acme АД",
        "SC Acme SRL", "S.C. Acme S.R.L.", "Acme P.F.A.", "Acme E.P.E.", "Acme ΑΕ", "Acme Α.Ε.", "Acme I.K.E.",
        "Acme SE",
        "Acme Inc.", "Acme, LLC", "Acme Pty Ltd",
    ])
    func legalForms(raw: String) {
        let bytes = Array(raw.utf8)
        var output = ByteWriter()
        #expect(CompanyName.fold(bytes.span, into: &output))
        #expect(output.span.text == "acme")
    }

    @Test(arguments: [
        ("Acme", NameClass.real), ("Amazon Business EU SARL", .constant), ("Firma", .placeholder),
        ("onbekend", .placeholder),
        ("123", .placeholder), ("xxx", .placeholder), ("HH", .real),
    ])
    func classes(name: String, expected: NameClass) {
        let bytes = Array(name.utf8)
        #expect(CompanyName.classify(bytes.span) == expected)
    }

    @Test(arguments: ["", "-", "n/a", "Privat", "particulier", "Amazon Business EU SARL", "123", "onbekend"])
    func placeholders(raw: String) {
        let bytes = Array(raw.utf8)
        var output = ByteWriter()
        #expect(!CompanyName.fold(bytes.span, into: &output))
        #expect(output.count == 0)
    }
}
