/// Short forms of given names in English, German, Dutch and French: the few that share no beginning with the full name.
/// Sources: the lists of the Dutch Meertens institute, Duden's given names, Oxford's dictionary of first names.
enum ShortForms {
    /// Like `PhoneticKey.short`, but a name and its short forms have one sound, which is even and no other name's.
    static func sound(of name: ShortText) -> UInt16 {
        let word = WordTable.PackedWord(name.high) << 64 | WordTable.PackedWord(name.low)
        let canonical = table.canonical(word)
        guard canonical != 0 else { return PhoneticKey.short(name) }
        let text = ShortText(
            low: UInt64(truncatingIfNeeded: canonical), high: UInt64(truncatingIfNeeded: canonical >> 64))
        return UInt16(truncatingIfNeeded: text.mixed >> 32) & ~1 | 2
    }

    /// Whether the sound says that the name stands in the list.
    static func contains(_ sound: UInt16) -> Bool { sound != 0 && sound & 1 == 0 }

    private static let table = WordTable(
        """
        thomas tom tommy thom
        robert bob bobby rob robbie
        william bill billy will willie liam
        richard rick dick ricky
        edward ed eddie ted ned
        james jim jimmy
        john jack johnny
        michael mike mick mickey
        elizabeth elisabeth liz lizzie beth betty elise lisbeth
        margaret peggy maggie meg
        katherine catherine kate katie kathy cathy
        charles charlie chuck
        henry harry hank
        anthony tony
        andrew andy drew
        stephen steven steve
        joseph joe josef sepp
        alexander alex sascha sandy lex
        johannes hans hannes johan
        friedrich fritz
        wilhelm willi wim willem
        heinrich heinz hein hendrik henk
        cornelis kees cor
        jacobus jaap koos jacob
        petrus piet peter
        gerardus gerard gerrit
        antonius toon ton anton
        franciscus frans
        matthias mathias mattis
        sebastian bastian basti
        maximilian max
        christopher chris christoph
        benjamin ben
        samuel sam
        daniel dan danny
        patricia pat patty trish
        jennifer jenny jen
        susanne susan sue susi
        barbara barb babs
        """)
}
