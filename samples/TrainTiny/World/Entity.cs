namespace Decant.Samples.TrainTiny.World;

/// <summary>Something the language talks about.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name, one capitalised word.</param>
/// <param name="Values">A value for each of the kind's traits, by the trait's name.</param>
internal sealed record Entity(EntityKind Kind, string Name, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The name as it stands inside a sentence.</summary>
    public string Reference => Kind == EntityKind.Animal ? $"the {Name}" : Name;

    /// <summary>"he", "she" or "it".</summary>
    public string Pronoun => Kind != EntityKind.Person ? "it" : Names.IsWoman(Name) ? "she" : "he";

    /// <summary>The pronoun's possessive: "his", "her" or "its".</summary>
    public string Possessive => Kind != EntityKind.Person ? "its" : Names.IsWoman(Name) ? "her" : "his";
}
