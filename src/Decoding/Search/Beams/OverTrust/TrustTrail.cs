using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>What a token of a text attended to among the tokens before it, and what came of it: one link of the text's chain, which hypotheses that begin alike share.</summary>
/// <param name="before">The token before; null for the first.</param>
/// <param name="columns">By token of the answer, ln Π (scale · W) of its column down to this token.</param>
/// <param name="column">The column with the largest product.</param>
/// <param name="logProbability">Of the text up to here.</param>
/// <param name="penalty">What the text is penalised by.</param>
internal sealed class TrustTrail(TrustTrail? before, double[] columns, int column, double logProbability, double penalty)
{
    private const double MaxLogPenalty = 60;
    private static readonly double _logUnit = Math.Log(1e-7);

    public TrustTrail? Before => before;

    public double[] Columns => columns;

    public int Column => column;

    public double LogProbability => logProbability;

    public double Penalty => penalty;

    /// <summary>What the text up to here is ranked by: a sum of penalised log-probabilities.</summary>
    public double Score { get; set; }

    /// <summary>Number of tokens up to here.</summary>
    public int Length => Columns.Length;

    /// <summary>Another token's row: every column's product takes its factor.</summary>
    /// <param name="before">The columns' logarithms so far.</param>
    /// <param name="row">The token's attention to the answer's tokens, itself included.</param>
    /// <param name="scale">What it is multiplied with.</param>
    public static double[] Next(double[] before, ReadOnlySpan<float> row, double scale)
    {
        var next = new double[row.Length];
        before.CopyTo(next, 0);
        for (var j = 0; j < row.Length; j++) next[j] += Math.Log(scale * row[j]);
        return next;
    }

    /// <summary>φ of the largest product.</summary>
    public static double OverTrust(double largest) => Math.Exp(Math.Min(MaxLogPenalty, _logUnit + largest));

    /// <summary>The largest of all heads' attention, made to sum to 1.</summary>
    /// <param name="result">The forward.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="heads">How many heads there are.</param>
    public static float[] Attention(ForwardResult result, int layer, int heads)
    {
        var row = result.RowCount - 1;
        var largest = result.Attention(layer, row, 0).ToArray();
        for (var head = 1; head < heads; head++) TensorPrimitives.Max(largest, result.Attention(layer, row, head), largest);
        TensorPrimitives.Divide(largest, TensorPrimitives.Sum(largest), largest);
        return largest;
    }

    /// <summary>In how many of the last tokens a column led.</summary>
    public int Count(int column)
    {
        var count = 0;
        for (var link = this; link is not null; link = link.Before) count += link.Column == column ? 1 : 0;
        return count;
    }

    /// <summary>The link of the text's first so many tokens.</summary>
    public TrustTrail At(int length)
    {
        var link = this;
        while (link.Length > length) link = link.Before!;
        return link;
    }
}
