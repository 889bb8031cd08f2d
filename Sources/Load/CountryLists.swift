// Names and places that the generator draws from; the common ones stand first.
extension Country {
    static let netherlands = Country(
        code: "NL", language: "nl", currency: "EUR", callingCode: "31",
        mobilePrefixes: ["6"], areaCodes: ["20", "10", "30", "70", "40", "50"], landlineDigits: 7,
        givenNames: words(
            """
            Jan Maria Peter Anna Johan Sanne Daan Emma Sem Julia Lucas Tess Bram Sophie Lars Eva Thijs Lotte Ruben Fleur
            Jeroen Esther Marieke Wouter Anouk Sander Ilse Femke Koen Maaike Bas Linda Mark Monique Rob Ingrid Henk Petra
            Kees Willemijn Pieter Hanneke Joost Annemarie Gijs Roos Stijn Noor Floris Merel Tim Iris Maarten Saskia Renée
            Chloë Zoë Daniël Geert Joke Mohamed Fatima Youssef Aylin Sjoerd Nynke
            """),
        familyNames: lines(
            """
            de Jong|Jansen|de Vries|van den Berg|van Dijk|Bakker|Janssen|Visser|Smit|Meijer|de Boer|Mulder|de Groot|Bos|Vos
            Peters|Hendriks|van Leeuwen|Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|van der Meer|van der Linden|Kok
            Jacobs|de Haan|Vermeulen|van den Heuvel|van der Veen|van den Broek|de Bruijn|de Bruin|van der Heijden|Schouten
            van Beek|Willems|van Vliet|van de Ven|Hoekstra|Maas|Verhoeven|Koster|van Dam|van der Wal|Prins|Blom|Huisman
            Peeters|de Jonge|Kuipers|van Veen|Kuiper|Veenstra|Kramer|van den Brink|Scholten|van Wijk|Postma|Martens|Vink
            de Ruiter|Timmermans|Groen|Gerritsen|Jonker|van Loon|Boer|van der Velde|Willemsen|Smeets|de Lange|de Vos
            Bosch|van Dongen|Schipper|de Koning|van der Laan|Koning|van der Velden|Driessen|van Doorn|Hermans|Evers
            van den Bosch|van der Meulen|Hofman|Bosman|Wolters|Sanders|van der Horst|Mol|Kuijpers|Molenaar|Yılmaz|El Idrissi
            """),
        towns: [
            Town("Amsterdam", 1011...1109), Town("Rotterdam", 3011...3089), Town("'s-Gravenhage", 2491...2597),
            Town("Utrecht", 3511...3585), Town("Eindhoven", 5611...5658), Town("Groningen", 9711...9747),
            Town("Tilburg", 5011...5049), Town("Almere", 1311...1363), Town("Breda", 4811...4839),
            Town("Nijmegen", 6511...6546), Town("Apeldoorn", 7311...7339), Town("Haarlem", 2011...2037),
            Town("Arnhem", 6811...6846), Town("Enschede", 7511...7548), Town("Zwolle", 8011...8045),
            Town("Leiden", 2311...2334), Town("Maastricht", 6211...6229), Town("Delft", 2611...2629),
            Town("Alkmaar", 1811...1827), Town("Leeuwarden", 8911...8941),
        ],
        streets: lines(
            """
            Dorpsstraat|Kerkstraat|Hoofdstraat|Molenstraat|Julianastraat|Schoolstraat|Stationsweg|Parallelweg|Nieuwstraat
            Wilhelminastraat|Beatrixlaan|Eikenlaan|Kastanjelaan|Lindenlaan|Beukenlaan|Oranjestraat|Prins Hendrikstraat
            Vondelstraat|Rembrandtlaan|Vermeerstraat|Tulpstraat|Rozenstraat|Leliegracht|Prinsengracht|Keizersgracht
            Burgemeester de Vlugtlaan|Sint Jansstraat|Korte Voorhout|Weteringschans|Zuiderzeeweg|Havenkade|Marktplein
            """),
        companyForms: ["B.V.", "BV", "V.O.F.", "Holding B.V."],
        companyTrades: lines(
            "Bakkerij|Garage|Bouwbedrijf|Kapsalon|Administratie|Tuinen|Techniek|Interieur|Advies|Fietsen"),
        mailProviders: lines(
            "gmail.com|hotmail.com|outlook.com|ziggo.nl|kpnmail.nl|live.nl|icloud.com|xs4all.nl|home.nl"),
        topLevelDomain: "nl")

    static let germany = Country(
        code: "DE", language: "de", currency: "EUR", callingCode: "49",
        mobilePrefixes: ["151", "152", "157"], areaCodes: ["30", "40", "89"], landlineDigits: 8,
        givenNames: words(
            """
            Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Ursula Maria Anna Stefan Christian Uwe Monika Petra Sabine
            Lukas Leon Mia Hannah Lena Jonas Finn Paul Emilia Marie Sophie Björn Jörg Käthe Günter Sören Heike Birgit Katrin
            Jan Tobias Sebastian Franziska Johanna Moritz Greta Frieda Matteo Elif Mehmet
            """),
        familyNames: lines(
            """
            Müller|Schmidt|Schneider|Fischer|Weber|Meyer|Wagner|Becker|Schulz|Hoffmann|Schäfer|Koch|Bauer|Richter|Klein|Wolf
            Schröder|Neumann|Schwarz|Zimmermann|Braun|Krüger|Hofmann|Hartmann|Lange|Schmitt|Werner|Schmitz|Krause|Meier
            Lehmann|Schmid|Schulze|Maier|Köhler|Herrmann|König|Walter|Mayer|Huber|Kaiser|Fuchs|Peters|Lang|Scholz|Möller
            Weiß|Jung|Hahn|Schubert|Vogel|Friedrich|Keller|Günther|Frank|Berger|Winkler|Roth|Beck|Lorenz|Baumann|Böhm
            """),
        towns: [
            Town("Berlin", 10115...14199), Town("Hamburg", 20095...22769), Town("München", 80331...81929),
            Town("Köln", 50667...51149), Town("Frankfurt am Main", 60306...60599), Town("Düsseldorf", 40210...40629),
            Town("Leipzig", 4103...4357), Town("Dortmund", 44135...44388), Town("Bremen", 28195...28779),
            Town("Hannover", 30159...30669), Town("Nürnberg", 90402...90491), Town("Münster", 48143...48167),
        ],
        streets: lines(
            """
            Hauptstraße|Schulstraße|Gartenstraße|Bahnhofstraße|Dorfstraße|Bergstraße|Birkenweg|Lindenstraße|Kirchstraße
            Waldstraße|Ringstraße|Amselweg|Goethestraße|Schillerstraße|Mühlenweg|Am Sportplatz|Rosenweg|Beethovenstraße
            Friedhofstraße|Jahnstraße|Mozartstraße|Feldstraße|Blumenstraße|Wiesenweg
            """),
        companyForms: ["GmbH", "GmbH & Co. KG", "AG", "OHG"],
        companyTrades: lines("Bäckerei|Autohaus|Elektro|Bau|Metallbau|Gartenbau|Logistik|Verlag|Apotheke|Möbel"),
        mailProviders: lines("gmail.com|web.de|gmx.de|t-online.de|hotmail.de|outlook.de|freenet.de|posteo.de"),
        topLevelDomain: "de")

    static let belgium = Country(
        code: "BE", language: "nl-BE", currency: "EUR", callingCode: "32",
        mobilePrefixes: ["4"], areaCodes: ["2", "3", "9"], landlineDigits: 7,
        givenNames: words(
            """
            Marc Luc Marie Jean Rita Patrick Nathalie Kevin Lotte Noah Arthur Louise Olivia Jules Adam Victor Mila Elena
            Liesbeth Griet Wim Bart Tom Stijn Veerle Ann Els Jeroen Pieter Sofie Delphine Benoît Aurélie Thérèse Gaëlle
            """),
        familyNames: lines(
            """
            Peeters|Janssens|Maes|Jacobs|Mertens|Willems|Claes|Goossens|Wouters|De Smet|Dubois|Lambert|Dupont|Martin|Simon
            Hermans|De Clercq|Van Damme|Van den Broeck|Michiels|Leclercq|Laurent|Denis|Desmet|Aerts|Pauwels|Verhoeven
            Vermeulen|De Backer|Hendrickx|Van Hoof|Lemmens|Cools|Thys|Bogaerts|Vandenberghe|Coppens|Segers|Renard|Lejeune
            """),
        towns: [
            Town("Antwerpen", 2000...2060), Town("Gent", 9000...9052), Town("Brussel", 1000...1210),
            Town("Brugge", 8000...8380), Town("Leuven", 3000...3018), Town("Liège", 4000...4032),
            Town("Namur", 5000...5024), Town("Mechelen", 2800...2812), Town("Hasselt", 3500...3512),
        ],
        streets: lines(
            """
            Kerkstraat|Stationsstraat|Nieuwstraat|Molenstraat|Schoolstraat|Veldstraat|Kapellestraat|Dorpsstraat|Hoogstraat
            Rue de la Station|Rue du Moulin|Rue de l'Église|Avenue Louise|Groenstraat|Leopoldlaan|Bruul|Langestraat
            """),
        companyForms: ["BV", "NV", "SRL", "SA"],
        companyTrades: lines(
            "Bakkerij|Garage|Bouwwerken|Traiteur|Boekhouding|Tuinaanleg|Interieur|Boucherie|Menuiserie"),
        mailProviders: lines("gmail.com|telenet.be|hotmail.com|skynet.be|outlook.be|proximus.be|icloud.com"),
        topLevelDomain: "be")

    static let france = Country(
        code: "FR", language: "fr", currency: "EUR", callingCode: "33",
        mobilePrefixes: ["6", "7"], areaCodes: ["1", "4"], landlineDigits: 8,
        givenNames: words(
            """
            Jean Marie Pierre Michel André Philippe Nathalie Isabelle Sylvie Catherine Nicolas Julien Camille Léa Manon Hugo
            Louis Gabriel Jade Raphaël Emma Chloé Inès François Hélène Jérôme Céline Aurélien Amélie Benoît Océane Mathéo
            """),
        familyNames: lines(
            """
            Martin|Bernard|Thomas|Petit|Robert|Richard|Durand|Dubois|Moreau|Laurent|Simon|Michel|Lefebvre|Leroy|Roux|David
            Bertrand|Morel|Fournier|Girard|Bonnet|Dupont|Lambert|Fontaine|Rousseau|Vincent|Muller|Lefèvre|Faure|André
            Mercier|Blanc|Guérin|Boyer|Garnier|Chevalier|François|Legrand|Gauthier|Garcia|Perrin|Robin|Clément|Morin
            """),
        towns: [
            Town("Paris", 75001...75020), Town("Lyon", 69001...69009), Town("Marseille", 13001...13016),
            Town("Toulouse", 31000...31500), Town("Nantes", 44000...44300), Town("Strasbourg", 67000...67200),
            Town("Lille", 59000...59800), Town("Bordeaux", 33000...33800), Town("Nice", 6000...6300),
        ],
        streets: lines(
            """
            Rue de l'Église|Rue Victor Hugo|Avenue de la République|Rue du Moulin|Place de la Mairie|Rue Pasteur|Rue des Écoles
            Boulevard Voltaire|Rue Jean Jaurès|Rue de la Gare|Chemin des Vignes|Rue Émile Zola|Allée des Tilleuls
            """),
        companyForms: ["SARL", "SAS", "SA", "EURL"],
        companyTrades: lines("Boulangerie|Garage|Menuiserie|Pharmacie|Librairie|Fleurs|Conseil|Transports"),
        mailProviders: lines("gmail.com|orange.fr|free.fr|hotmail.fr|laposte.net|sfr.fr|yahoo.fr"),
        topLevelDomain: "fr")

    static let unitedKingdom = Country(
        code: "GB", language: "en-GB", currency: "GBP", callingCode: "44",
        mobilePrefixes: ["74", "75", "77", "78"], areaCodes: ["20"], landlineDigits: 8,
        givenNames: words(
            """
            James John Mary Sarah David Emma Oliver Amelia George Olivia Harry Isla Jack Ava Noah Emily Charlie Sophie
            Thomas Lily William Grace Alice Henry Edward Siobhán Gareth Rhys Fiona Callum Priya Arjun
            """),
        familyNames: lines(
            """
            Smith|Jones|Taylor|Brown|Williams|Wilson|Johnson|Davies|Patel|Robinson|Wright|Thompson|Evans|Walker|White|Roberts
            Green|Hall|Wood|Jackson|Clarke|Clark|Harrison|Scott|Hughes|Martin|Cooper|Ward|Morris|Hill|O'Connor|O'Neill|Khan
            """),
        towns: [
            Town("London", 1...19), Town("Manchester", 1...35), Town("Bristol", 1...16), Town("Leeds", 1...29),
            Town("Sheffield", 1...36), Town("Edinburgh", 1...17), Town("Norwich", 1...14),
        ],
        streets: lines(
            """
            High Street|Station Road|Main Street|Church Lane|Park Road|Victoria Road|Mill Lane|London Road|Green Lane
            Kings Road|The Crescent|Manor Road|Queensway|Grange Road|St John's Road
            """),
        companyForms: ["Ltd", "Limited", "LLP"],
        companyTrades: lines("Bakery|Motors|Joinery|Consulting|Gardens|Interiors|Books|Logistics"),
        mailProviders: lines("gmail.com|hotmail.co.uk|btinternet.com|outlook.com|yahoo.co.uk|icloud.com"),
        topLevelDomain: "co.uk")

    /// Splits at white space.
    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Splits at bars and line ends, for entries that hold spaces.
    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == "|" || $0.isNewline }).map(String.init)
    }
}
