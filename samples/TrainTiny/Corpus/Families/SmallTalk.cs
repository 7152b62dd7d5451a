using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Greetings, questions about the model itself, questions that it cannot answer.</summary>
internal sealed class SmallTalk(TinyWorld world) : ITaskFamily
{
    private const string Limits = "I do not know. I only know my own small world.";

    private static readonly (string[] Says, string Answer)[] _talk =
    [
        (["Hello!", "Hi!", "Good morning!", "Hello there.", "Hi there!", "Hey!", "Hello", "Hi", "Good evening!"], "Hello! What do you want to know?"),
        (["How are you?", "How are you today?", "Are you well?", "How do you do?"], "I am fine. What do you want to know?"),
        (["Who are you?", "What are you?", "What is your name?", "Tell me about yourself."], "I am decant-tiny, a very small language model."),
        (["What can you do?", "What do you know?", "How can you help me?", "Help!"],
            "I know a small world of towns, people, animals, companies and dishes. I can tell stories, read passages, write JSON and add numbers."),
        (["Thank you!", "Thanks!", "Thank you very much.", "Thanks a lot."], "It was nothing."),
        (["Goodbye!", "Bye!", "Good night!", "See you."], "Goodbye!"),
    ];

    private static readonly string[] _beyond =
    [
        "Why is the sky blue?", "What is the capital of France?", "Who wrote Hamlet?", "What is the meaning of life?", "How do I learn to program?",
        "Write a poem.", "Who is the president?", "Tell me a joke.", "What is the weather today?", "Translate this into German.", "What is gravity?",
        "How tall is Mount Everest?", "Explain how engines work.", "What happened in the year 1990?", "Can you write code?", "What time is it?",
    ];

    private static readonly string[] _systems =
        ["You are a helpful assistant.", "You are decant-tiny.", "Answer the question.", "You are brief.", "You answer questions about a small world."];

    public Example Draw(Random random)
    {
        if (random.Chance(0.5)) return AskUnknown(random);
        if (random.Chance(0.3)) return Example.Ask(random.Pick(_beyond), Limits);
        var (says, answer) = random.Pick(_talk);
        return Example.Ask(random.Pick(says), answer);
    }

    /// <summary>A system turn that changes nothing, before one example in <paramref name="oneIn"/> that has none.</summary>
    public static Example WithSystemTurn(Random random, Example example, int oneIn) =>
        example.Turns[0].Role == "system" || random.Next(oneIn) > 0 ? example : example with { Turns = [Turn.System(random.Pick(_systems)), .. example.Turns] };

    // A question by heart about something that nobody knows.
    private Example AskUnknown(Random random)
    {
        var kind = random.Pick(Enum.GetValues<EntityKind>());
        var entity = world.Invent(random, kind, heldOut: false);
        var trait = random.Pick(Traits.Of(kind));
        return Example.Ask(trait.Ask(entity, random.Next(trait.Questions.Count)), $"I do not know {entity.Reference}.");
    }
}
