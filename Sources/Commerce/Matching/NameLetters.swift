/// Tells a given name from a slip of the keyboard by its pairs of neighbouring letters: "lazhj" is nobody's name, so it
/// says nothing against "Lachlan" who has the same telephone.
///
/// The pairs are those of common given names of Europe, America, Turkey, India and the Arab world, begin and end of the
/// name included.
enum NameLetters {
    /// Whether a letter pair occurs that given names do not have. False for other scripts than the Latin.
    static func isUnlikely(_ name: ShortText) -> Bool {
        var previous = 0
        let count = name.count
        let rows = pairs.rows.span
        for index in 0..<count {
            guard ASCII.isLetter(name[index]) else { return name[index] < 0x80 }
            let letter = Int(name[index] - 0x60)
            if rows[previous] & (1 << UInt32(letter)) == 0 { return true }
            previous = letter
        }
        // A cut name has no end to look at.
        return count < 12 && count > 0 && rows[previous] & 1 == 0
    }

    /// A row of bits for each letter, 0 standing for the edge of the name.
    private struct Pairs: Sendable {
        private(set) var rows = InlineArray<27, UInt32>(repeating: 0)

        init(_ names: StaticString) {
            var previous = 0
            for index in 0...names.utf8CodeUnitCount {
                let byte = index < names.utf8CodeUnitCount ? names.utf8Start[index] : UInt8(ascii: " ")
                let letter = ASCII.isLetter(byte) ? Int((byte | 0x20) - 0x60) : 0
                rows[previous] |= 1 << UInt32(letter)
                previous = letter
            }
        }
    }

    private static let pairs = Pairs(
        """
        aaron abbie abby abdul abdullah abigail abraham ada adam adele adnan adrian adriana agnes ahmed aidan aileen
        aisha akash alain alan albert alec alejandro alena alessandro alessia alex alexander alexandra alexis alfie alfred
        ali alice alicia alina alison allegra allison alma alphonse alyssa amal amanda amber amelia amelie amina amir amit amy ana
        anais andre andrea andreas andrew andrzej andy angela angelika angus anika anil anita anja ann anna annabel anne
        annegret anneke annelies annette annika anouk ansgar anthony antje antoine anton antonia antonio anusha april archie
        ariane ariel arjan arjen arjun arne arno arnaud arnold arthur arvid asger ashley ashton asif astrid aubrey audrey august
        aurelie aurora austin ava axel ayesha ayla aylin ayse bailey barbara bart bas bastian beate beatrice beatrix becky
        ben benedikt benjamin benno bente berend bernadette bernard bernd bert bertha bethany betty beverly bianca bill birgit
        bjorn blair blake blanca bob bodo bonnie boris brad bradley bram brandon brayden breanna brenda brendan brent brett
        brian brianna bridget brigitte britta brodie brooke bruce bruno bryan bryce burak burkhard caitlin caleb callum calvin cameron camilla
        camille can carina carl carla carlo carlos carmen carol carola caroline carolyn carsten casey catherine cathy cecile
        cecilia cedric celia celine chad chantal charlene charles charlie charlotte chelsea cheryl chiara chloe chris christa
        christel christian christiane christina christine christoph christopher cindy claas claire clara clarissa claude claudia
        claus clemens clement cody cole colin connor conny conrad constance cooper cor cora corinna cornelia cornelis courtney
        craig crystal curtis cynthia cyril daan dagmar daisy dale damian damien dan dana daniel daniela danielle danny daphne
        darcy daria dario darius darren dave david dawn dean deborah debra deepak deirdre delia demi denis denise dennis derek desmond
        detlef devi diana diane dick diego dieter dietmar dimitri dina dirk dolores dominic dominik dominique don donald donna
        dora doreen doris dorothea dorothy douglas duncan dustin dylan ebba ebony eckhard ed eddie edgar edith edmund eduard edward edwin
        eileen elaine elena eleanor eli elias elif elisa elisabeth elise elizabeth elke ella ellen elliot ellie elly elmar
        els elsa elvira emanuel emiel emil emile emilia emily emine emma emmanuel emre enrico enzo erhard eric erica erich erik erika
        erin ernest ernst erwin esma esmee esther ethan etienne eugen eva evelyn evert evi evie ewald ewan fabian fabio fabrice
        faith fatih fatima fatma felicia felicity felix femke fenna ferdinand fernando finlay finn fiona fleur flora florence
        florian floris flynn francesca francesco francis francisco franck francois frank franka franz fraser fred freddie frederic frederik
        freya frida frieda friedhelm friedrich frits fritz gabriel gabriele gabriella gareth gary gavin geert geoff geoffrey georg
        george georgia georgina gerald geraldine gerard gerda gerhard gerlinde gernot gerrit gert gertrud giacomo gideon gilbert gilles
        gina giorgio giovanni gisela giulia giuseppe gordon grace graham grant greg gregor gregory greta grzegorz guido guillaume gunnar gunter gunther
        gustav guus guy gwen hailey hakan halil hamish hamza hana hanna hannah hannelore hannes hans hanneke harald haris harley harm
        harriet harrison harry hartmut harvey hasan hatice hayley heather hector heidi heike heiko heiner heinrich heinz helen helena
        helene helga helmut hendrik henk hennie henning henri henriette henrik henry herbert herman hermann hilda hilde hildegard
        holger holly horst howard hubert hugh hugo huib humphrey hussein ian ibrahim ida ignacio igor ilka ilona ilse imke imogen
        ines inga inge ingeborg ingo ingrid irene iris irma isaac isabel isabell isabella isabelle isla ismail ivan ivo ivonne jack
        jackson jacob jacqueline jacques jade jaime jaap jake jakob jakub james jamie jan jana jane janet janice janina janine janna jannik
        jasmin jasmine jason jasper javier jay jayden jean jeanette jeff jeffrey jelle jennifer jenny jens jeremy jerome jerry jesper jess jesse
        jessica jessie jett jill jim jimmy jo joachim joan joana joanna joanne jochem jochen joe joel joerg johan johann johanna johannes john johnny
        jolanda jon jonas jonathan joost jordan jordy jorg jorge joris jose josef josefine joseph josephine josh joshua joy joyce
        juan judith judy jules julia julian juliana julie julien juliette julius jun jurgen justin justine jutta kai karen karin karina
        karl karla karsten kasey kasper kate katharina katherine kathleen kathrin kathryn katie katja katrin kay kayla kayleigh kees keith kelly
        kelsey kelvin ken kenneth kerry kerstin kevin khadija khalid kian kiara kieran kim kimberly kirsten kirsty kjell klaas klara klaus
        koen konrad konstantin koos kris krishna kristen kristian kristin kristina kristof krystian krzysztof kumar kurt kyle kylie lachlan lana lara larissa
        larry lars laszlo laura lauren laurence laurens laurent laurie lea leah leanne lee leigh leila lena lennart lennox lenny leo leon leona leonard
        leonie leopold leroy leslie levi lewis lex lia liam lianne lidia lieke liesbeth lili lilian lillian lilly lily lina linda lindsay
        lindsey linus lisa lise livia liz lloyd logan lois lola lore lorenz lorenzo lorraine lothar lotte lou louis louisa louise luc luca lucas lucia
        lucien lucinda lucy ludwig luis luisa luise lukas luke luna lutz luuk lydia lyle lynn maaike maarten madeleine madison mads magda magdalena
        magnus mahmoud maik maike maja malcolm malte mandy manfred manon manuel manuela mara marc marcel marcin marco marcus marek margaret margarete
        margit margot margret maria marian mariana marianne marie marieke marije marijke marina mario marion marit marjan marjolein mark marko markus marleen
        marlene marlies marlon marta martha martijn martin martina marvin mary mateo mateusz mathew mathias mathilde mathis matilda mats matt matteo matthew matthias
        matthijs maud maureen maurice maurits max maxim maxime maximilian may maya mehmet melanie melina melissa menno mercedes merel merle merlin mette mia michael
        michaela michal michel michele michelle mick mieke miguel mikael mike mikkel mila milan milena millie milou minna miranda miriam mirjam mirko mitchell mohamed
        mohammed moira molly mona monica monika monique morgan moritz muhammad murat mustafa nadia nadine nadja nancy naomi narelle natalia natalie
        natasha nathalie nathan neal neele neha neil nell nelly nick nicky nico nicola nicolas nicole niels nigel niklas niko nikola nikolaus nils nina nino noah noel
        noemi nora norbert norman nurten oksana olaf ole olga oliver olivia olivier olli omar oscar oskar osman otto owen pablo paige pamela pascal patricia patrick patrik paul paula
        pauline pavel pawel pedro peggy pelle penelope penny per percy petar peter petra petrus philip philipp philippa philippe phillip phoebe phyllis pia piotr pierre piet
        pieter pim piper polly poppy priya przemyslaw quentin quinn quinten rachael rachel rafael ragna rainer rajesh ralf ralph ramon randy raphael raquel rasmus raul ravi ray raymond
        rebecca reece regina reiner reinhard reinhold rene renate renee reuben rhys ria ricardo rick ricky riley rita rob robbie robert roberta roberto robin roderick roger roisin roland
        rolf romain roman romy ron ronald ronja ronny rory rosa rosalie rose rosemarie rosemary rosie ross roxana roy ruben rudi rudolf rudy ruby rupert russell ruth ryan sabina sabine
        sabrina sally salma sam samantha samira samuel sandra sandrine sander sanne sara sarah saskia sascha scarlett schalk scott sean sebastian selena selma serena serge sergio seth severin shakirah shane shannon sharon shaun shawn sheila
        shelley shirley sibylle sidney siegfried sienna sigrid silas silke silvia simon simona simone skye sofia sofie sonja sophia sophie soren stacey stan stanislaw stefan
        stefanie stefano steffen stella stephan stephanie stephen steve steven stewart stijn stine stuart sue summer susan susanna susanne susi suzanne sven svenja svetlana sybille sylvia sylvie
        szymon tabea tahlia tamara tanja tanner tanya tara tarik tatjana tayah taylor ted teresa terry tess tessa theo theodor theodore theresa thea thibault thies thijs thomas thorsten tia tiffany tilda till tim timo timon
        timothy tina tineke tjark tobias todd tom tomasz tommy toni tony torben torsten tracy trevor trinity tristan troy tyler tyron udo ulf uli ulla ulrich ulrike ulysses umberto ursula ute uwe valentin valentina valerie vanessa vera
        verena vernon veronica veronika vicky victor victoria viktor viktoria vincent viola violet virginia vivian vivien vladimir volker walter waltraud wanda warren wayne wendy werner wesley wiebke wilfried wilhelm
        wilhelmina will willem william willy wilma wim winfried wolfgang wouter xander xavier yannick yara yasmin yasmine ylva yolanda youssef yusuf yves yvette yvonne zac zachary zahra zara zeynep zoe zofia zoltan zsofia zuzana ngoc nguyen tran
        hung huong linh minh phuong thanh thi thuy trang tuan van wei xin ying yuki hiroshi kenji akira haruto sakura
        """)
}
