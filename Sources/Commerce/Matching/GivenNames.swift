/// Given names that many people bear.
enum GivenNames {
    /// Whether the name is one of them. A name that is not may well be one.
    static func contains(_ name: ShortText) -> Bool {
        table.contains(WordTable.PackedWord(name.high) << 64 | WordTable.PackedWord(name.low))
    }

    private static let table = WordTable(meanings: [(1, common), (1, further)])

    /// Names written as most names are: their neighbouring letters tell what a name looks like.
    static let common: StaticString =
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
        """

    /// Names written as few names are, and those that one or two letters tell from another.
    private static let further: StaticString =
        """
        sjoerd tjeerd zbigniew siobhan wytske fjodor sjaak pleun ljubica vjekoslav dzenana hrvoje agnieszka zdenek
        swantje aafke caoimhe niamh owain gwyneth itziar uxia evgeny vsevolod chukwuemeka aishwarya vijay tenzin
        ljiljana mstislav sjors sjef kwame aoife bjarne hidde niek xiaowei sietske nynke gijs ruud huub floor roos
        noor teun djoke malgorzata vlastimil jiri kathe grete tjorven sigurd ragnhild oyvind ase oguz gulsen nguyet
        quang phuc tuyet rhiannon eoghan saoirse oisin llewellyn angharad iwan xiomara ximena joaquin guadalupe inaki
        jordi montserrat brais lukasz ekaterina akiko tsubasa mbali nkosi thabo ndidi oluwaseun yewande abdulrahman
        zainab ghulam shreya lakshmi hrithik ignac daantje baukje froukje gerbrich hylke wietse douwe eelke jurre
        kjeld rikke bodil liv solveig tove vibeke kofi akua esi yaw marloes marlous marijn merijn marjolijn jelmer
        jelte jarno jorrit joep joey jolien jurriaan geertje gerben gerlof bertus dirkje dieuwke eefje eelco eline
        ellis emmy esmeralda evelien famke fenne ferry fons freek friso gea geke gitte gonda grietje harmen
        hedwig heleen hessel hubertus ibe ina jacoba jacolien janneke jannes jantje jasmijn jasmina jeanine jenneke
        jeroen jet jetske joke jolijn joran jorn jos josje jurrien karel karlijn katinka klaartje klazina koert
        leentje lennard lieve lies lisanne lisette loes lourens maartje machteld madelief marcella margje margo
        margreet mariska marja marjo marnix maroeska meike melle melvin mees michiel mienke minke mirthe mitch nanda
        nando nelleke nicolaas nienke noortje paulien peet pepijn petronella pien quirijn reinder reinier remco
        renske reinout richelle rients rik rinske roderik roel roelof roeland rogier rosanne rutger saar sebastiaan
        sem senna seppe silvie sjoukje suus suze sylvain tamar thirza tijl tijmen tijn toos trijntje truus twan veerle
        wessel wiebe wieke willemijn willeke winnie wout yorick ymke zwaan achim adalbert adelheid albrecht alfons
        alois anette angelina anke annemarie anselm arndt beata benita bernhard bertram bettina birgitta birte björn
        britt brunhilde carolin christin claudius constanze cornelius detlev dietlinde dietrich dorit dorothee
        eberhard edeltraud egon ehrenfried eike ekkehard elfriede elisabet elsbeth engelbert enno erna falk falko
        felicitas finja folkert franziska frauke friederike fynn gabi gereon gerold gesa gesine gisbert gitta
        gottfried gotthard gudrun günter günther hartwig hauke hein helge helmuth heribert hilmar hinnerk ingmar inka
        insa irina irmgard isolde jannis jobst jonna jörn josefa juliane jürgen justus kaja karlheinz karoline kilian
        knut konstanze kordula korinna kornelia krista kunibert lambert lasse laurin leif liane liesel liselotte
        mareike mareile margarethe margrit mariele marius marlen marlis marthe mathilda mechthild meinhard meinolf
        melchior nele niclas nikolai nikolas ottilie patrizia peer philine raimund ramona regine rieke rosalinde
        rosina roswitha rüdiger sandro sarina siegbert sieglinde siegmund sigmar sigrun silvana sina stefania steffi
        susann thekla theresia thilo thore thorben tilman timm torge traudel traute trude trudi uda ursel valeska veit
        volkmar walburga waldemar wendelin wenke wibke willibald wolf wolfram zita alaina alana alayna aleesha alesha
        alesia alexia alisha alissa amara amaya amira anaya aniya anya arabella aria ariana arianna arlo asha ashlee
        ashleigh ashlyn ashlynn athena ayaan ayden beau bella bethan billie blakely bobbi braden brady braeden bree
        brenden brielle bronte bronwyn brooklyn bryn bryony cade caden cain caitlyn callie cara carlene carly carter
        cassandra cassidy cathryn chanel chantelle charlee charli chase cheyenne christie ciara cian clay clayton
        clodagh coby colby conor coral cruz dakota dane danica daniella darcey dayna deacon declan della destiny devon
        dillon dion drew dyllan eden edie elaina eliana elijah eliza elle elliott eloise elsie elyse emerson emery
        emilie enya evan evangeline eve ezra fearne fern finley finnbar fletcher francine gabrielle gemma georgie
        gianna gillian gracie griffin gus haley hallie harper hayden hazel heath hollie hope hudson hunter india
        indiana indy iona isaiah isobel ivy izaak jacinta jaden jai jaiden jaida jarred jarrod jarryd jayda jayde
        jaylen jayson jed jemima jenna jensen jersey jillian jonah jonathon jordyn josiah josie jude juliet kaden
        kadin kaitlin kaitlyn kaleb kane kara kari katelyn kayden kaylee kayne keegan keeley keira kendall kendra keri
        kiana kiera kieren kierra kira kirra kristopher kyan kyla kyra lacey lawson layla leilani lexi lila liliana
        lincoln luka lyla mackenzie maddison madeline madelyn maeve maia maisie makayla malachi mariah marisa marissa
        marley mason mckenzie meg megan melinda micaela mikaela mikayla miles millicent milly myah mya nate nathaniel
        neve nicholas nikita nola oakley odette olive orla orlando paris payton pearl peta peyton portia raelene
        reagan rebekah reegan reid renae rhianna robyn rohan rourke rowan roxanne ryder ryley saffron samara sasha
        savannah saxon shae shania sharni shayla shayna shaye shelby shelbey sierra solomon spencer sterling talia
        tamika tarsha tasha tate taylah teagan teegan tiana tiarna tilly toby trent ty tyson uma wade willow wilson
        zach zachariah zak zander zane zebediah agathe alix amandine anatole anissa antonin apolline arlette armel
        audric baptiste bastien benedicte berenice blandine brice capucine celestine clemence clothilde come corentin
        delphine dorian edouard elodie emeline emmanuelle estelle evelyne fabienne faustine flavie florent gaelle
        gaetan gaspard genevieve geoffroy ghislaine gwenaelle herve honorine hugues isabeau jeanne joelle josiane
        josselin laetitia laurene loic louane lucie ludivine ludovic maelle maeva magali marceau marguerite marielle
        marine marjorie maryse mathieu matthieu maurine maxence melodie mireille muriel nadege noemie odile oceane
        ombline pascale patrice pierrick raphaelle regis remi remy romane roxane segolene severine solange solene
        stephane thibaut tiphaine valentine vianney violaine virginie viviane xaviere yann yoann yolande zelie adriano
        agata alba alberto alessio alfonso alicja alvaro amparo andrei andrej andres angelo aniela antonella arkadiusz
        arturo aurelio bartosz beatriz benedetta bogdan boguslaw bozena bruna carlotta carmela caterina cesar claudio
        consuelo corrado cristian cristina cristobal czeslaw dalia davide debora domenico domingo donata dorota
        edoardo eduardo elio emanuela emiliano enrica enrique ernesto esteban eugenia ewa fabiana fabrizio federica
        federico felipe fernanda filip filippo fiorella flavia gabriela gaia gerardo gianluca ginevra giorgia giovanna
        giuliano gloria gonzalo graciela gregorio grazyna guillermo halina henryk hernan ilaria irena ivana iveta
        jacek jadwiga jaroslav jerzy joao jolanta jozef juana julio kamil karolina kasia kazimierz kinga krystyna
        ksenia lorenza lorena luciano ludmila maciej marcelo margherita mariusz mariola marisol martyna massimo matej
        mauricio mirela miroslav nuno olena oleksandr ondrej paola paolo pilar przemek radek raffaele ramiro renata
        renato riccardo rocio rodrigo rosaria rui ryszard salvatore santiago silvio slawomir stanislava sylwia tadeusz
        teodor tiago tomas urszula valeria vasco vicente vincenzo violeta vittoria vlad vladimira wieslaw witold
        wladyslaw wojciech xavi zdenka zuzanna zygmunt
        """
}
