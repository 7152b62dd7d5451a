namespace Decant.Samples.TrainTiny.World;

/// <summary>Something that can be known about an entity, and how the language asks for it and says it.</summary>
/// <remarks>In the texts, {n} is the entity, {v} the value, {they} the pronoun and {their} its possessive.</remarks>
/// <param name="Kind">What kind of entity has it.</param>
/// <param name="Name">One word, also the key in JSON.</param>
/// <param name="Words">The values it can have; empty where they are names of <paramref name="NamesOf"/>.</param>
/// <param name="NamesOf">The kind of entity whose names are its values, or null.</param>
/// <param name="Questions">Ways to ask.</param>
/// <param name="Statements">Ways to say it with the entity's name; they answer question i with statement i modulo their number.</param>
/// <param name="Continuation">A way to say it with the pronoun.</param>
internal sealed record Trait(
    EntityKind Kind, string Name, IReadOnlyList<string> Words, EntityKind? NamesOf,
    IReadOnlyList<string> Questions, IReadOnlyList<string> Statements, string Continuation)
{
    /// <summary>The question number <paramref name="index"/> about an entity.</summary>
    public string Ask(Entity entity, int index) => Fill(Questions[index], entity, "");

    /// <summary>The statement that answers question number <paramref name="question"/>.</summary>
    public string Answer(Entity entity, string value, int question) => Fill(Statements[question % Statements.Count], entity, value);

    /// <summary>A text with its slots filled, beginning with a capital letter.</summary>
    public static string Fill(string text, Entity entity, string value)
    {
        var filled = text.Replace("{n}", entity.Reference, StringComparison.Ordinal).Replace("{v}", value, StringComparison.Ordinal)
            .Replace("{they}", entity.Pronoun, StringComparison.Ordinal).Replace("{their}", entity.Possessive, StringComparison.Ordinal);
        return char.ToUpperInvariant(filled[0]) + filled[1..];
    }
}
