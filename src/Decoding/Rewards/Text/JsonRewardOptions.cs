namespace Decant.Decoding;

/// <summary>Whether a text is JSON, and valid against a schema where one is given: 1 or 0. A beginning has 1 while it can still become that.</summary>
/// <remarks>
/// It reads with the grammar that <see cref="JsonSchemaOptions"/> makes of the schema, with its most liberal options: what it takes is valid, but of the ways to escape a character in a text it knows one.
/// White space around the value is allowed. To force valid JSON, use the constraint; this is for searches that weigh it against other rewards.
/// </remarks>
public sealed record JsonRewardOptions : RewardOptions
{
    /// <inheritdoc/>
    public override string Kind => "json";

    /// <summary>A JSON Schema as JSON; see <see cref="JsonSchemaOptions.Schema"/>. Null: any JSON.</summary>
    public string? Schema { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Schema is not "", Schema, nameof(Schema), "a JSON Schema as JSON, or null for any JSON");
    }

    /// <inheritdoc/>
    public override IReward Compile(PlanContext context)
    {
        var schema = new JsonSchemaOptions { Schema = Schema ?? "true", Whitespace = JsonWhitespace.Flexible, PropertyOrder = JsonPropertyOrder.Any, Numbers = JsonNumberForm.Any };
        var grammar = GrammarCache.Get(ByteTokens.Instance, schema);
        return new DelegateReward(scoresPartial: true, candidate => Fits(grammar, candidate.Text, candidate.IsComplete) ? 1 : 0) { Minimum = 0, Maximum = 1 };
    }

    private static bool Fits(CompiledGrammar grammar, string text, bool isComplete)
    {
        var place = CompiledGrammar.First;
        foreach (var value in System.Text.Encoding.UTF8.GetBytes(text.Trim()))
        {
            place = grammar.Next(place, value);
            if (place == CompiledGrammar.Refused) return false;
        }

        return !isComplete || grammar.IsAccepting(place);
    }
}
