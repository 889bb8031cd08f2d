/// The words of address lines: units, number signs, street types, places where nobody lives.
///
/// Sources: UPU S42 templates, the abbreviation lists of USPS Publication 28, Royal Mail, La Poste (AFNOR NF Z10-011),
/// PostNL and Deutsche Post.
enum AddressWords {
    /// What announces a flat, a floor or a box; the value is the word's form in a key, a blank word drops it.
    static let unitWords = WordTable(
        """
        bus bte boite box
        app apt appartement apartment appt wohnung whg wg unit suite flat top tur room rm zimmer zi lgh piso puerta pta
        og stock etage stk obergeschoss floor fl hoog verdieping et planta level lvl
        haus house building bldg geb gebaude batiment bat scala esc escalera aufgang treppe block blok
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
        bus bte boite box app apt appartement apartment appt wohnung whg wg unit suite flat top tur room rm zimmer zi lgh
        piso puerta pta nr no
        """)

    static let numberWords = WordTable("nr no num numero number hausnummer huisnummer n hnr")

    /// French repetition indices, and single letters that are no direction ("574 E 10th Street").
    static func isRepetition(_ word: WordTable.PackedWord) -> Bool {
        guard word > 0, word < 0x80 else { return repetitions.contains(word) }
        return !directions.contains(word)
    }

    private static let directions = WordTable("n s e w")

    private static let repetitions = WordTable("bis ter quater")

    /// One street type has one form, whatever its language: two languages do not share a postcode.
    static let streetTypes = WordTable(
        """
        str straße strasse straat
        st street saint sint sankt sainte ste
        rd road
        av ave avenue avenida avda aven
        bd blvd boulevard bvd boul bulevar bld
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
        ch chemin
        rte route
        imp impasse
        fg faubourg fbg
        ctra carretera
        weg wg
        gr gracht
        g gasse gata gatan gade gate gt
        vej v
        r rua rue ruelle
        nam namesti
        n north noord nord
        s south zuid sud
        e east oost ost
        w west
        """)

    /// Words that are often left out.
    static let droppedTypes = WordTable("ul ulica ulice")

    /// Boxes, lockers and shops: an order goes there, but it is nobody's home.
    static let collectionPoints = WordTable(
        """
        packstation postfiliale paketbox paketshop parcelshop postfach postbus pobox postboks postlokero paczkomat
        inpost pickup pickuppoint afhaalpunt pakketpunt pakketautomaat locker parcellocker paketautomat apartado
        casella kiala dhl dpd gls ups mondialrelay pakkeboks postnl servicepunt
        """)

    /// Countries that write the house number before the street.
    static func writesNumberFirst(_ country: CountryCode) -> Bool {
        contains(numberFirst, country)
    }

    /// Countries without postcodes, or where most addresses go without.
    static func livesWithoutPostcode(_ country: CountryCode) -> Bool {
        contains(withoutPostcode, country)
    }

    /// Countries where a house may have a name instead of a number.
    static func livesWithoutNumber(_ country: CountryCode) -> Bool {
        contains(withoutNumber, country)
    }

    private static let numberFirst: StaticString = "US CA GB IE AU NZ FR LU AD JE GG IM MC ZA IN SG MY HK XK"
    private static let withoutPostcode: StaticString = "AE AG AO AW BS BW BZ CW FJ GH HK IE JM MO PA QA RW SC SR UG ZW"
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
