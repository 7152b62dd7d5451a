namespace Decant.Samples.TrainTiny.Corpus;

/// <summary>A conversation whose assistant turns are to be learnt. It ends with one.</summary>
/// <param name="Turns">The messages.</param>
internal sealed record Example(IReadOnlyList<Turn> Turns)
{
    /// <summary>The tools offered; empty for none.</summary>
    public IReadOnlyList<Tool> Tools { get; init; } = [];

    /// <summary>The template's enable_thinking; null leaves it out.</summary>
    public bool? Thinking { get; init; }

    /// <summary>What the model is to answer in the end.</summary>
    public Turn Answer => Turns[^1];

    /// <summary>One question and its answer.</summary>
    public static Example Ask(string question, string answer) => new([Turn.User(question), Turn.Assistant(answer)]);
}
