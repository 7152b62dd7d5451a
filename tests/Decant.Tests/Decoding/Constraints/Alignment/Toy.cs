namespace Decant.Tests.Decoding.Constraints;

/// <summary>
/// Two letters: a first with .8, then b with .1 behind a and .9 behind b, then the end. What must end in b is, given that, "ab" with .08 / .26 = .3077 and "bb" with .18 / .26 = .6923; a mask alone has .8 and .2.
/// </summary>
internal static class Toy
{
    public const int A = 1;
    public const int B = 2;
    private const int End = 0;

    public static TestVocabulary Vocabulary { get; } = new("</s>", "a", "b");

    public static ConstraintOptions MustEndInB { get; } = new PatternOptions { Pattern = "[ab]b" };

    /// <summary>The model; prompts have one token.</summary>
    public static TableModel Model { get; } = Of((tokens, probabilities) =>
    {
        if (tokens.Length == 1) (probabilities[A], probabilities[B]) = (.8, .2);
        else if (tokens.Length > 2) probabilities[End] = 1;
        else (probabilities[A], probabilities[B]) = tokens[1] == A ? (.9, .1) : (.1, .9);
    });

    /// <summary>A model of a vocabulary of three from the probabilities that follow tokens.</summary>
    public static TableModel Of(Action<int[], double[]> row) => new(3, (tokens, logits) =>
    {
        var probabilities = new double[3];
        row(tokens.ToArray(), probabilities);
        for (var id = 0; id < 3; id++) logits[id] = (float)Math.Log(probabilities[id]);
    });

    /// <summary>The probability that a model writes each of several texts and ends.</summary>
    public static Dictionary<string, double> Masses(TableModel model, IEnumerable<string> texts) => texts.Distinct().ToDictionary(text => text, text =>
    {
        var (tokens, mass, logits) = (new List<int> { End }, 1.0, new float[3]);
        foreach (var token in text.Select(letter => letter == 'a' ? A : B).Append(End))
        {
            model.Fill(tokens.ToArray(), logits);
            mass *= Math.Exp(logits[token]) / logits.Sum(logit => Math.Exp(logit));
            tokens.Add(token);
        }

        return mass;
    });

    /// <summary>The same given that it is one of them.</summary>
    public static Dictionary<string, double> Conditional(TableModel model, IEnumerable<string> texts)
    {
        var masses = Masses(model, texts);
        var sum = masses.Values.Sum();
        return masses.ToDictionary(pair => pair.Key, pair => pair.Value / sum);
    }

    /// <summary>Half the sum of differences between drawn texts and a law.</summary>
    public static double Distance(IReadOnlyCollection<string> drawn, Dictionary<string, double> law)
        => drawn.Concat(law.Keys).Distinct().Sum(text => Math.Abs((drawn.Count(text.Equals) / (double)drawn.Count) - law.GetValueOrDefault(text))) / 2;
}
