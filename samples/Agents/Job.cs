namespace Decant.Samples.Agents;

/// <summary>What an agent is to find out.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Traits">What may be worth knowing of it; each a key of JSON.</param>
/// <param name="Question">What is to be answered in the end.</param>
/// <param name="Passages">Where it can be read.</param>
internal sealed record Job(string Subject, IReadOnlyList<string> Traits, string Question, IReadOnlyList<string> Passages)
{
    public static Job Default { get; } = new("Dovitex", ["founder", "product", "seat"], "Tell me the product of Dovitex.",
        ["The product of Dovitex is drums. Dovitex is based in Mizewick. The founder of Dovitex is Zamutha.", "Zamutha lives in Mizewick. She works as a weaver."]);
}
