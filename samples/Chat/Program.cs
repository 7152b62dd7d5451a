using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

// The embedded model; LocalChatClient.Load("FOLDER") for your own.
using var client = LocalChatClient.Load(args.FirstOrDefault());
var options = new ChatOptions { Temperature = 0.7f, MaxOutputTokens = 200 }
    .WithDecoding(d => d.Process(new FrequencyPresenceOptions { Presence = 0.5f }));   // One way to decode; the README lists them all.

List<ChatMessage> history = [new(ChatRole.System, "You are brief.")];
Console.Write("> ");
while (Console.ReadLine() is { Length: > 0 } question)
{
    history.Add(new ChatMessage(ChatRole.User, question));
    List<ChatResponseUpdate> answer = [];
    await foreach (var update in client.GetStreamingResponseAsync(history, options))
    {
        Console.Write(update.Text);
        answer.Add(update);
    }

    history.AddMessages(answer);
    Console.WriteLine($"\n[{answer.ToChatResponse().Usage?.OutputTokenCount} tokens]");
    Console.Write("> ");
}
