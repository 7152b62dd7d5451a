namespace Decant.Samples.TrainTiny.World;

/// <summary>The language's words by category. Those that can follow "a" begin with a consonant.</summary>
internal static class Words
{
    public static readonly string[] Jobs =
    [
        "baker", "doctor", "farmer", "teacher", "painter", "sailor", "tailor", "miner", "singer", "judge", "cook", "guard",
        "barber", "dancer", "driver", "hunter", "lawyer", "nurse", "pilot", "poet", "potter", "smith", "weaver", "writer",
    ];

    public static readonly string[] Colours = ["red", "blue", "green", "yellow", "black", "white", "brown", "grey", "purple", "pink", "golden", "silver"];

    public static readonly string[] Regions = ["Northmark", "Southmark", "Eastmark", "Westmark", "Highland", "Lowland", "Coastland", "Midland"];

    public static readonly string[] Goods =
    [
        "glass", "rope", "paper", "bells", "boats", "carpets", "candles", "clocks", "drums", "gloves", "hats", "knives",
        "lamps", "mirrors", "paint", "pottery", "shoes", "silk", "soap", "toys",
    ];

    public static readonly string[] Food =
    [
        "bread", "cheese", "honey", "rice", "beans", "nuts", "berries", "mushrooms", "fish", "corn", "cabbage", "carrots", "pumpkin", "grass", "leaves", "seeds",
    ];

    public static readonly string[] Habitats = ["caves", "marshes", "forests", "deserts", "meadows", "rivers", "mountains", "gardens", "lakes", "swamps"];

    public static readonly string[] Tastes = ["sweet", "sour", "bitter", "salty", "spicy", "mild", "smoky", "fresh"];

    public static readonly string[] Things = ["bell", "book", "coin", "drum", "feather", "hat", "key", "lamp", "letter", "mirror", "ring", "shell", "spoon", "stone", "whistle"];

    public static readonly string[] Sizes = ["small", "big", "heavy", "shiny", "dusty", "strange", "pretty", "broken"];

    public static readonly string[] Places = ["bridge", "market", "harbour", "mill", "tower", "square", "well", "garden", "station", "library"];

    public static readonly string[] Moods = ["happy", "proud", "tired", "glad", "calm", "cheerful"];
}
