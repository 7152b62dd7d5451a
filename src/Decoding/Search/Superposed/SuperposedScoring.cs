namespace Decant.Decoding;

/// <summary>Scores what a draft may go on with. Serves one caller at a time.</summary>
/// <param name="candidates">How many of the likeliest tokens are considered.</param>
/// <param name="temperature">The temperature that sharpens what the model says of them.</param>
/// <param name="greedy">Whether distributions have one token only, so that candidates are the likeliest at temperature 1.</param>
/// <param name="ngrams">What a corpus says of them; null: nothing does.</param>
/// <param name="alpha">How much the corpus counts, 0 … 1.</param>
/// <param name="missPenalty">What a candidate costs that the corpus has nowhere.</param>
internal sealed class SuperposedScoring(int candidates, double temperature, bool greedy, NgramScore? ngrams = null, double alpha = 0, double missPenalty = 0)
{
    private readonly CandidateTokens _candidates = new(candidates);
    private double _offset;

    /// <summary>Number of candidates.</summary>
    public int Count => _candidates.Ids.Length;

    /// <summary>A candidate's token; the likeliest comes first.</summary>
    public int Token(int candidate) => _candidates.Ids.Span[candidate];

    /// <summary>Reads a draft's row.</summary>
    /// <param name="processed">Logits after processors and masks.</param>
    /// <param name="distribution">What was made of them.</param>
    /// <param name="state">The draft.</param>
    public void Read(ReadOnlySpan<float> processed, TokenDistribution distribution, GenerationState state)
    {
        _candidates.Fill(processed, greedy ? null : distribution, candidates);
        ngrams?.Read(state.Tokens);

        // Probabilities to the power of 1 / temperature, relative to the likeliest one's so that none is too small for the sum.
        var sum = 0.0;
        _offset = 0;
        for (var i = 0; i < Count; i++) sum += Math.Exp(LogModel(i));
        _offset = Math.Log(sum);
    }

    /// <summary>A candidate's score: (1 − α) ln P of the model + α ln P of the corpus, or less the penalty where the corpus has it nowhere.</summary>
    public double Of(int candidate)
    {
        var model = LogModel(candidate);
        if (ngrams is null) return model;
        var corpus = ngrams.Of(Token(candidate));
        return ((1 - alpha) * model) + (corpus > 0 ? alpha * Math.Log(corpus) : -missPenalty);
    }

    private double LogModel(int candidate) => ((Math.Log(_candidates.Probabilities[candidate]) - Math.Log(_candidates.Probabilities[0])) / temperature) - _offset;
}
