"""What the sample posts are made of: the words and sentences of an invented town and its paper.

`{family}`, `{house}` and `{number}` differ in every post, `{someone}`, `{place}` and the like in every text.
"""

TOPICS: dict[str, tuple[str, ...]] = {
    # A tag, and what its posts are about.
    "Town": ("the market hall", "the clock tower", "the old bridge", "the bandstand", "the weighing house"),
    "Harbour": ("the north pier", "the dredger", "the lighthouse", "the ferry landing", "the tide gauge"),
    "Kitchen": ("rye bread", "smoked eel", "pickled samphire", "barley soup", "the bakers' quarrel"),
    "History": (
        "the great flood",
        "the paper mill",
        "the lost charter",
        "the whalers' church",
        "the salt tax",
    ),
    "Books": ("the lending library", "a diary in three hands", "the printers' almanac", "a novel of fogs"),
    "Garden": ("the allotments", "a hedge of quince", "the seed exchange", "an orchard on the dike"),
    "Science": ("the rain gauge", "a comet over the bay", "the fossil bank", "the moth survey"),
    "Machines": ("the linotype", "a pump from the mill", "the telephone exchange", "the lamp room"),
    "Programming": (
        "a parser for tide tables",
        "the timetable server",
        "a small database",
        "sorting the post",
    ),
    "Music": ("the brass band", "an organ with one stop missing", "the sea shanties", "the choir's new year"),
    "Schools": ("the school that prints", "the navigation class", "the winter lessons", "the reading hour"),
    "Sport": ("the rowing eight", "the mud race", "a draw at the cricket ground", "the swimmers of March"),
    "Letters": (
        "a letter from the light",
        "an answer to the mayor",
        "a question of gulls",
        "the lost umbrella",
    ),
    "Weather": ("the east wind", "eleven days of fog", "the late frost", "a summer without thunder"),
    "Roads": ("the coast road", "the toll house", "the bus at ten to six", "a bicycle path to the mill"),
    "Photography": (
        "the glass plates",
        "a studio above the chandler",
        "light before rain",
        "one street in May",
    ),
}
LESSER_TAGS = (
    "Opinion", "Interview", "Obituary", "Notebook", "Review", "Correspondence", "Council", "Crafts", "Birds",
    "Boats", "Bees", "Bread", "Chess", "Clocks", "Coal", "Maps", "Markets", "Mills", "Money", "Museums",
    "Night", "Paper", "Railway", "Rivers", "Salt", "Shops", "Stamps", "Storms", "Tea", "Theatre", "Tools",
    "Trees", "Walking", "Wool",
)  # fmt: skip
EVERYWHERE = "Dispatches"  # the tag that a tenth of all posts have

AUTHORS = (
    "Ines Calloway", "Abel Thornbury", "Ruth Okonkwo", "Mateo Lindqvist", "Hanna Feuerbach", "Idris Vance",
    "Sofia Marchetti", "Tobias Wren", "Leila Haddad", "Cormac Doyle", "Yuki Arimoto", "Edda Norland",
)  # fmt: skip

TITLES = (
    "What {subject} taught the {family}s",
    "{Subject}, and {number} other reasons to stay",
    "How {someone} of {house} saved {subject}",
    "The {family} papers: {subject}",
    "A short history of {subject}",
    "{Subject} at {house}",
    "Who owns {subject}? Ask the {family}s",
    "Against {subject}",
    "In praise of {subject}",
    "{number} days with {subject}",
    "The year {subject} came to {house}",
    "Notes on {subject}, from {house}",
    "{someone} {family} remembers {subject}",
    "Why {subject} still matters in {house}",
    "Looking for {subject}",
    "{Subject}: a correspondence with {house}",
    "The quiet return of {subject}",
    "Before {subject}, there was {house}",
    "What {house} knows about {subject}",
    "{Subject} and the {family} question",
    "A morning with {subject}",
)
SUMMARIES = (
    "{someone} {family} has waited {number} days for an answer. This week it came, by boat.",
    "Nobody in {house} agrees about {subject}, and that is how the place has kept it.",
    "An afternoon at {house}, {number} cups of tea, and what the {family}s never told the council.",
    "It began as a favour to a neighbour in {house}. It ended with {subject} on the front page.",
    "The {family} family kept the ledgers. We read all {number} pages, so that you need not.",
    "A plain account of {subject}: what it costs, who pays, and what {someone} {family} would do.",
    "There are {number} ways to tell this story. {someone} {family} of {house} prefers the short one.",
    "Everything we got wrong about {subject}, put right with the help of {house}.",
)

PEOPLE = (
    "Agnes",
    "Bram",
    "Clara",
    "Dorian",
    "Elin",
    "Fergus",
    "Greta",
    "Hugo",
    "Iris",
    "Jonas",
    "Kaja",
    "Lorcan",
    "Mina",
    "Nils",
    "Oona",
    "Piet",
    "Rosa",
    "Silas",
    "Thea",
    "Ulf",
    "Vera",
    "Wim",
    "Yara",
    "Zeno",
)
FAMILY = tuple(
    words.split()
    for words in (
        "Ash Black Cole Dun Elder Fair Gold Hart Kell Lang Marl North Oak Pen Quill Raven Sand Thorn "
        "Under Vane Whit Yarrow",
        "bourne croft dale fell field ford gate ham hurst land ley low mere more ridge shaw stead ton "
        "wick worth wright yard",
    )
)
HOUSE = tuple(
    words.split()
    for words in (
        "Alder Brine Corran Drift Ember Fen Gull Heron Isel Juniper Kelp Lantern Merrow Nether Otter "
        "Pebble Rook Sallow Tarn Upper Vesper Wether Wrack Yew",
        "bank barrow brook combe cross den end garth haven holm hythe mouth ness port quay rigg sound "
        "staith strand thorpe toft wall water well",
    )
)

OPENINGS = (
    "The news came with the morning boat, as news does here: late, wet and in somebody else's handwriting.",
    "Ask three people about {subject} and you will be given four opinions and a slice of cake.",
    "On the wall of the reading room hangs a map that shows {subject} in the wrong place.",
    "For as long as anyone can remember, {subject} was somebody else's business.",
    "{someone} keeps the key on a nail behind the door, where anybody could take it and nobody does.",
    "It rained on the day that we went to see {subject}, and on the day after, and then we stopped counting.",
    "There is a drawer in the office that holds everything this paper ever printed about {subject}.",
    "The council has discussed {subject} at every meeting since spring, and decided nothing with great care.",
    "When the lamps are lit along the quay, {subject} looks exactly as it does in the old photographs.",
    "This is a correction, although nothing that we printed about {subject} was false.",
    "Most of what is known about {subject} was written down by people who had not seen it.",
    "The first thing {someone} shows a visitor is the door that does not close.",
)
SECOND = (
    "That is the short version.",
    "The long one takes a pot of tea.",
    "Nobody has complained so far.",
    "It has been so since the year of the flood.",
    "This spring, at last, somebody asked why.",
    "We went to look for ourselves.",
    "The rest is a matter of record.",
    "Whether it will last is another question.",
)

SENTENCES = (
    "The {family} family has kept the books for {number} years and lost none of them.",
    "In {house} they tell it differently, and with more pride than the ledgers allow.",
    "A boat from {house} brings the paper on Thursdays, unless the wind is in the east.",
    "Old {family} would not hear of it, and said so {number} times.",
    "The receipts are in the archive: {number} of them, in a box that once held biscuits.",
    "What was paid to {house} was never paid back.",
    "There was a time when everybody in {house} could have answered that question.",
    "Mrs {family} laughed when we asked, and then she fetched the second volume.",
    "The work took {number} days longer than promised, which is less than usual.",
    "It is a small thing, and the town is made of small things.",
    "Nobody wrote it down, because nobody thought that it could be forgotten.",
    "The wind turned at noon and took the argument with it.",
    "One learns to listen for what is *not* said.",
    "The committee met, agreed that a committee was needed, and adjourned.",
    "You can still see the mark on the wall, a hand above the door.",
    "There is a rule about this, and there is the way it is done.",
    "The children knew first, as they do.",
    "It cost what such things cost, and it was worth a little more.",
    "A good tool is one that is handed back.",
    "The baker disagrees, but the baker disagrees with flour.",
    "Every map of the coast is a map of one particular morning.",
    "By the time the tide was out, **everybody** had an opinion.",
    "The bell was cast for another church and has never quite forgiven this one.",
    "All of it was legal, most of it was kind, and some of it was quick.",
    "We printed the letter as it came, with the commas that its author preferred.",
    "People are patient here; they have to be, for the post is.",
    "The old path is shorter, and the new one is dry.",
    "What cannot be mended is put on the shelf until it can.",
    "He measures twice and then asks his sister.",
    "The light is best before breakfast, and so is the temper of the ferryman.",
)
LAST = (
    "We shall report when there is something to report. Until then, the kettle is on.",
    "The door, by the way, still does not close.",
    "If you know more, write to us. If you know better, write twice.",
    "And so it stays as it is, which in this town is a decision.",
    "The next boat leaves at ten to six. Bring a coat.",
    "None of this will be found on the map. That is what the map is for.",
)

HEADINGS = (
    "What the ledgers say",
    "A second opinion",
    "The view from the quay",
    "How it was done",
    "What it costs",
    "The part that nobody tells",
    "Two seasons later",
    "A matter of tools",
    "Who was asked, and who was not",
    "The long way round",
    "An experiment",
    "In their own words",
    "What comes next",
    "A list, for the record",
)
QUOTES = (
    "We did not plan it. We only did not stop.",
    "If it floats, count it. If it sinks, count it twice.",
    "I have read every word of the charter, and it does not mention Tuesdays.",
    "A town that mends its nets will mend its manners.",
    "My grandmother would have called that a good beginning and gone to bed.",
)
ITEMS = (
    "a lamp, trimmed",
    "two ropes of different ages",
    "bread for the way back",
    "the key to the other shed",
    "a list of what was lent",
    "chalk",
    "something to read while it rains",
    "the number of the harbour office",
    "a pencil that works in the wet",
    "patience, about a gallon",
)
GOODS = (
    "Bottles",
    "Lanterns",
    "Nails, in pounds",
    "Bicycles",
    "Oars",
    "Church spoons",
    "Umbrellas",
    "Chairs",
    "Bells",
)
NOTES = (
    "The figures are those of the harbour office, which counts from October.",
    "The spelling of names follows the parish register, wherever that follows anything.",
    "A fuller account stands in the almanac for that year.",
)
CODE = (
    (
        "python",
        "def high_water(day, port):\n"
        '    """Minutes after midnight; None if it falls on the day after."""\n'
        "    late = day * 50 % 1440\n    return late + OFFSETS[port] if late < 1440 else None",
    ),
    (
        "rust",
        "fn nearest(tides: &[Tide], at: Time) -> Option<&Tide> {\n"
        "    tides.iter().min_by_key(|tide| tide.time.abs_diff(at))\n}",
    ),
    (
        "sql",
        "SELECT port, count(*) AS ferries\nFROM departures\n"
        "WHERE cancelled IS NULL\nGROUP BY port\nORDER BY 2 DESC;",
    ),
    ("sh", 'for file in tides/*.csv; do\n  sort --unique "$file" > "sorted/${file##*/}"\ndone'),
    (
        "javascript",
        "const late = departures.filter((one) => one.minutes > 5);\n"
        "console.log(`${late.length} of ${departures.length} were late`);",
    ),
)
SCENES = (
    "the basin at low water",
    "the hills behind the mill",
    "the coast road in the evening",
    "the marsh before rain",
    "the bay from the allotments",
    "the light over the north pier",
)
LINKS = (
    "We wrote about it [before]({address}), and some of it was true.",
    "How it began is told [elsewhere in this paper]({address}).",
    "Readers will remember [the other affair]({address}), of which no more shall be said.",
)
OUTSIDE = (
    "The register is kept [by others](https://example.org/), who keep it well.",
    "There is [a longer list](https://example.com/) for whoever likes lists.",
)
