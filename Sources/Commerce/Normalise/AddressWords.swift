/// The words of address lines: units, number signs, street types, places where nobody lives.
///
/// Sources: UPU S42 templates, the abbreviation lists of USPS Publication 28, Royal Mail, La Poste (AFNOR NF Z10-011),
/// PostNL and Deutsche Post.
enum AddressWords {
    /// What announces a flat, a floor or a box; the value is the word's form in a key, a blank word drops it.
    static let unitWords = WordTable(
        """
        bus bte bt boite box
        app apt appartement apartment appt ap wohnung whg wg unit suite flat top tur room rm zimmer zi lgh piso puerta pta
        int interno as asunto kv dz ajto lok
        og stock etage stk obergeschoss floor fl hoog verdieping verd et etaj etaz planta level lvl em emelet kerros
        haus house building bldg geb gebaude batiment bat scala esc escalera aufgang treppe block blok bl stiege stg sc
        huis hs
        2 ii
        3 iii
        4 iv
        eg erdgeschoss parterre parter bg begane
        dg dachgeschoss
        ug souterrain
        hinterhaus hh
        vorderhaus vh
        boven bovenhuis
        beneden benedenhuis
        """)

    /// Unit words that say nothing by themselves: "App. 3" and "3" are one flat.
    static let plainUnits = WordTable(
        """
        bus bte bt boite box app apt appartement apartment appt ap wohnung whg wg unit suite flat top tur room rm zimmer zi
        lgh piso puerta pta nr no int interno as asunto kv dz ajto lok
        """)

    /// Words that follow a number as a letter would: "12 hs", "12 II".
    static let additionWords = WordTable("hs huis ii iii iv")

    static let numberWords = WordTable("nr no num numero number hausnummer huisnummer n hnr")

    /// French repetition indices, and single letters that are no direction ("574 E 10th Street").
    static func isRepetition(_ word: WordTable.PackedWord) -> Bool {
        guard word > 0, word < 0x80 else { return repetitions.contains(word) }
        return !directions.contains(word)
    }

    private static let directions = WordTable("n s e w")

    private static let repetitions = WordTable("bis ter quater")

    /// What a word of a street's line may be besides a name.
    struct StreetWord: OptionSet {
        let rawValue: UInt8
        static let type = StreetWord(rawValue: 1)
        /// A type that is often left out.
        static let dropped = StreetWord(rawValue: 2)
        /// A box, a locker or a shop: an order goes there, but it is nobody's home.
        static let collectionPoint = StreetWord(rawValue: 4)
    }

    /// One look-up for the three lists, since most words stand in none.
    static func streetWord(_ word: WordTable.PackedWord) -> StreetWord {
        StreetWord(rawValue: UInt8(truncatingIfNeeded: streetWords.canonical(word)))
    }

    private static let streetWords = WordTable(meanings: [
        (WordTable.PackedWord(StreetWord.type.rawValue), typeText),
        (WordTable.PackedWord(StreetWord.dropped.rawValue), "ul ulica ulice ул улица οδοσ"),
        (WordTable.PackedWord(StreetWord.collectionPoint.rawValue), collectionPointText),
    ])

    /// One street type has one form, whatever its language: two languages do not share a postcode.
    static let streetTypes = WordTable(typeText)

    private static let typeText: StaticString =
        """
        str straße strasse straat strada
        st street saint sint sankt sainte ste
        rd road
        av ave avenue avenida avda aven
        bd blvd boulevard bvd boul bulevar bld bulevard bulevardul bul бул булевард
        dr drive doktor doctor
        ln lane laan
        ct court
        pl place platz plac plaza piazza pza plein pln praca plaats plats pzza
        sq square
        hwy highway
        pkwy parkway
        ter terrace terr
        cir circle
        cres crescent
        cl close calle c
        gdns gardens
        grv grove
        al allee allée all aleja
        rte route
        imp impasse
        fg faubourg fbg
        ctra carretera
        weg wg
        gr gracht
        g gasse gata gatan gatve gade gate gt
        vej v vei veien vejen vegen
        r rua rue ruelle
        nam namesti
        u utca ut
        krt korut
        tr trida
        os osiedle
        pr prospekt prospektas
        mnt maantee
        pst puiestee
        tn tänav
        vle viale
        cso corso
        lgo largo
        pso paseo
        tv travessa
        estr estrada
        ch chemin chem
        n north noord nord
        s south zuid sud
        e east oost ost
        w west
        """

    private static let collectionPointText: StaticString =
        """
        packstation postfiliale paketbox paketshop parcelshop postfach postbus pobox postboks postlokero paczkomat
        inpost pickup pickuppoint afhaalpunt pakketpunt pakketautomaat locker parcellocker paketautomat apartado
        casella kiala dhl dpd gls ups mondialrelay pakkeboks postnl servicepunt
        """

    /// Countries that write the house number before the street.
    static func writesNumberFirst(_ country: CountryCode) -> Bool {
        contains(numberFirst, country)
    }

    /// Countries whose addresses need no postcode, after Google's address metadata (`require` without Z).
    static func livesWithoutPostcode(_ country: CountryCode) -> Bool {
        contains(withoutPostcode, country)
    }

    /// Countries where a house may have a name instead of a number.
    static func livesWithoutNumber(_ country: CountryCode) -> Bool {
        contains(withoutNumber, country)
    }

    private static let numberFirst: StaticString = "US CA GB IE AU NZ FR LU AD JE GG IM MC ZA IN SG MY HK XK"
    private static let withoutPostcode: StaticString = """
        AC AD AE AF AG AI AL AM AO AQ AR AW AZ BA BB BD BF BG BH BI BJ BM BN BO BQ BS BT BV BW BY BZ CC CD CF CG CI \
        CK CL CM CO CR CU CV CW CX CY DJ DM DO DZ EC EG EH ER ET FJ FO GA GD GE GH GI GM GN GQ GT GW GY HK HM HN HR \
        HT ID IE IL IQ IR IS JM JO KE KG KH KI KM KN KP KW KY KZ LA LB LC LK LR LS LY MA MC MD ME MG MK ML MM MN MO \
        MR MS MT MU MV MW MZ NA NE NF NG NI NP NR NU OM PA PE PG PH PK PS PY QA RS RW SA SB SC SD SI SL SN SO SR SS \
        ST SV SX SY SZ TA TD TF TG TH TJ TK TL TM TN TO TT TV TZ UG UM UY UZ VA VC VE VG VN VU WS XK YE ZM ZW
        """
    private static let withoutNumber: StaticString = "GB IE JE GG IM AE HK QA"

    private static func contains(_ list: StaticString, _ country: CountryCode) -> Bool {
        var index = 0
        while index + 1 < list.utf8CodeUnitCount {
            let code = UInt16(list.utf8Start[index]) << 8 | UInt16(list.utf8Start[index + 1])
            if code == country.rawValue { return true }
            index += 3
        }
        return false
    }
}
