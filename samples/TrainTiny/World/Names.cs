namespace Decant.Samples.TrainTiny.World;

/// <summary>
/// Invented names: a stem of four letters and an ending that tells the kind, and for people the pronoun. The tokenizer cuts them there, so that
/// a name nobody has seen is made of two tokens that everybody has.
/// </summary>
internal static class Names
{
    private static readonly string[] _heads =
    [
        "Ba", "Be", "Bo", "Da", "De", "Do", "Fa", "Fe", "Go", "Gu", "Ha", "Jo", "Ka", "Ke", "Ko", "La", "Le", "Lo", "Lu", "Ma", "Me", "Mi", "Mo",
        "Na", "Ne", "No", "Pa", "Pe", "Po", "Ra", "Re", "Ro", "Sa", "Se", "So", "Ta", "Te", "To", "Va", "Ve", "Vo", "Za", "Ze", "Zu",
    ];

    private static readonly string[] _middles =
    [
        "bi", "bu", "da", "de", "di", "fo", "ga", "gi", "ka", "ki", "la", "le", "li", "lo", "lu", "ma", "me", "mi", "mu", "na", "ni", "nu",
        "pa", "pi", "ra", "re", "ri", "ro", "sa", "se", "si", "ta", "ti", "tu", "va", "vi", "vo", "za", "ze", "zo",
    ];

    private const int StemsPerHead = 4;

    // Some of the pairs, spread over all middles: a small model can know every stem.
    private static readonly string[] _stems =
        [.. _heads.SelectMany((head, i) => Enumerable.Range(0, StemsPerHead).Select(j => head + _middles[((7 * i) + (11 * j)) % _middles.Length]))];

    private static readonly string[] _women = ["na", "lia", "sha", "tha"];
    private static readonly string[] _men = ["ron", "nik", "mir", "tok"];

    private static readonly Dictionary<EntityKind, string[]> _endings = new()
    {
        [EntityKind.Person] = [.. _women, .. _men],
        [EntityKind.Town] = ["dor", "wick", "burg", "holm"],
        [EntityKind.Animal] = ["pod", "lix", "mok"],
        [EntityKind.Company] = ["tex", "corp", "zon"],
        [EntityKind.Dish] = ["kash", "bun", "ole"],
    };

    /// <summary>Every ending.</summary>
    public static IEnumerable<string> Endings => _endings.Values.SelectMany(endings => endings);

    /// <summary>A name of this kind on the wanted side of the split that is not in <paramref name="taken"/>.</summary>
    public static string Draw(Random random, EntityKind kind, bool heldOut, IReadOnlySet<string> taken)
    {
        while (true)
        {
            var name = random.Pick(_stems) + random.Pick(_endings[kind]);
            if (Split.IsHeldOut(name) == heldOut && !taken.Contains(name)) return name;
        }
    }

    /// <summary>Whether a word could be a name of this kind.</summary>
    public static bool IsName(string word, EntityKind kind) =>
        Array.Exists(_endings[kind], end => word.EndsWith(end, StringComparison.Ordinal) && _stems.Contains(word[..^end.Length]));

    /// <summary>Whether a person's name takes "she".</summary>
    public static bool IsWoman(string name) => Array.Exists(_women, end => name.EndsWith(end, StringComparison.Ordinal));
}
