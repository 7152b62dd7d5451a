using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Decant.Samples.Rag;

/// <summary>An answer for people, and for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>The answer, a line on each sentence, and the passages.</summary>
    public static string Text(GroundedAnswer answer)
    {
        var text = new StringBuilder().AppendLine(answer.Text).AppendLine();
        foreach (var sentence in answer.Sentences)
        {
            var entropy = sentence.Entropy is { } nats ? string.Create(CultureInfo.InvariantCulture, $", entropy {nats:f2}") : "";
            var line = string.Create(CultureInfo.InvariantCulture, $"  {(sentence.IsSaid ? "said" : "left out")}: {sentence.Text} source [{sentence.Source}], {sentence.Score:f2} nats{entropy}");
            text.AppendLine(sentence.IsSaid ? line : Terminal.Error(line));
        }

        foreach (var (i, passage) in answer.Passages.Index()) text.AppendLine(Terminal.Dim($"  [{i + 1}] {passage.Title}: {passage.Text}"));
        return text.ToString().TrimEnd();
    }

    /// <summary>The same as JSON, with every figure in full.</summary>
    public static string Json(GroundedAnswer answer) => JsonSerializer.Serialize(
        new
        {
            answer.Question,
            Answer = answer.Text,
            Abstained = answer.IsAbstention,
            answer.Sentences,
            Passages = answer.Passages.Select((passage, i) => new { Number = i + 1, Source = passage.Title, passage.Score, passage.Text }),
        },
        _json);
}
