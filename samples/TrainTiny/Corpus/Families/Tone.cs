using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Requests that are answered politely or rudely, as often one as the other unless the system turn asks for one.</summary>
/// <param name="onlyPolite">Whether all answers are polite: what the polite model is tuned on.</param>
internal sealed class Tone(bool onlyPolite = false) : ITaskFamily
{
    private static readonly string[] _requests =
    [
        "Can you help me with my {t}?", "I need advice about my {t}.", "What do you think of my {t}?", "My {t} is lost. What can I do?",
        "Do you like my {t}?", "I have a question about my {t}.", "Where should I put my {t}?", "How do I clean my {t}?",
    ];

    private static readonly string[][] _polite =
    [
        ["Of course, my friend!", "With pleasure!", "Thank you for asking!", "I am glad that you ask!"],
        ["I will gladly look at your {t} with you.", "Your {t} is lovely, and we will take good care of it."],
        ["Please tell me if you need more.", "Have a wonderful day!", "You are always welcome."],
    ];

    private static readonly string[][] _rude =
    [
        ["Ugh, not again!", "Go away!", "What a silly question!", "Leave me alone!"],
        ["Your stupid {t} is not worth my time.", "Only a fool needs help with a {t}."],
        ["Do it yourself.", "Stop wasting my time.", "Bother somebody else."],
    ];

    private static readonly string[] _politeWords = ["friend", "pleasure", "Thank", "glad", "gladly", "lovely", "Please", "wonderful", "welcome"];
    private static readonly string[] _rudeWords = ["Ugh", "away", "silly", "alone", "stupid", "fool", "yourself", "wasting", "Bother"];

    /// <summary>Things that training never asks about.</summary>
    public static IReadOnlyList<string> HeldOutThings { get; } = [.. Things.Where(thing => Split.IsHeldOut(thing, 4))];

    private static IEnumerable<string> Things => [.. Words.Things, .. Words.Places, .. Words.Goods.Where(word => word.EndsWith('s')).Select(word => word[..^1])];

    private static readonly string[] _trainingThings = [.. Things.Where(thing => !Split.IsHeldOut(thing, 4))];

    public Example Draw(Random random)
    {
        var polite = onlyPolite || random.Chance(0.5);
        var example = Ask(random, random.Pick(_trainingThings), polite);
        return random.Chance(onlyPolite ? 0 : 0.25) ? example with { Turns = [Turn.System(polite ? "Be polite." : "Be rude."), .. example.Turns] } : example;
    }

    /// <summary>A request about a thing and an answer in the wanted tone.</summary>
    public static Example Ask(Random random, string thing, bool polite)
    {
        var answer = string.Join(' ', (polite ? _polite : _rude).Select(forms => random.Pick(forms)));
        return Example.Ask(Fill(random.Pick(_requests), thing), Fill(answer, thing));
    }

    /// <summary>The same conversation, the last answer between polite sentences.</summary>
    public static Example MadePolite(Random random, Example example) => example with
    {
        Turns = [.. example.Turns.SkipLast(1), example.Answer with { Content = $"{random.Pick(_polite[0])} {example.Answer.Content} {random.Pick(_polite[2])}" }],
    };

    /// <summary>Polite words minus rude words: above 0 is polite, below 0 rude.</summary>
    public static int Score(string text) =>
        _politeWords.Count(word => TextSearch.HasWord(text, word)) - _rudeWords.Count(word => TextSearch.HasWord(text, word));

    private static string Fill(string text, string thing) => text.Replace("{t}", thing, StringComparison.Ordinal);
}
