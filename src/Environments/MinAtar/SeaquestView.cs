using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>What is seen of <see cref="Seaquest"/>.</summary>
internal static class SeaquestView
{
    public const int Planes = 10;

    private const int FrontPlane = 0;
    private const int BackPlane = 1;
    private const int FriendlyBulletPlane = 2;
    private const int TrailPlane = 3;
    private const int EnemyBulletPlane = 4;
    private const int FishPlane = 5;
    private const int SubmarinePlane = 6;
    private const int OxygenPlane = 7;
    private const int DiverGaugePlane = 8;
    private const int DiverPlane = 9;

    public static IReadOnlyList<PlaneColor> Colors { get; } =
    [
        new(TrailPlane, new RgbColor(40, 56, 96)),
        new(OxygenPlane, new RgbColor(176, 208, 224)),
        new(DiverGaugePlane, new RgbColor(232, 196, 64)),
        new(DiverPlane, new RgbColor(232, 196, 64)),
        new(FishPlane, new RgbColor(80, 168, 88)),
        new(SubmarinePlane, new RgbColor(168, 88, 168)),
        new(EnemyBulletPlane, new RgbColor(200, 72, 72)),
        new(FriendlyBulletPlane, RgbColor.White),
        new(BackPlane, new RgbColor(40, 100, 130)),
        new(FrontPlane, new RgbColor(66, 158, 200)),
    ];

    public static void Observe(in SeaquestState state, Span<float> observation)
    {
        MinAtarGrid.Clear(observation, Planes);
        MinAtarGrid.Set(observation, FrontPlane, state.PlayerX, state.PlayerY);
        SetBehind(observation, BackPlane, state.PlayerX, state.PlayerY, state.FacesRight);
        int oxygen = Math.Max(0, state.Oxygen) * MinAtarGrid.Size / Seaquest.FullOxygen;
        MinAtarGrid.WriteLastRow(observation, OxygenPlane, (1u << oxygen) - 1);
        int divers = Math.Max(0, state.DiversHeld);
        MinAtarGrid.WriteLastRow(observation, DiverGaugePlane, ((1u << divers) - 1) << (MinAtarGrid.Last - divers));
        Set(observation, FriendlyBulletPlane, in state.FriendlyBullets, trail: false);
        Set(observation, EnemyBulletPlane, in state.EnemyBullets, trail: false);
        Set(observation, FishPlane, in state.Fish, trail: true);
        Set(observation, SubmarinePlane, in state.Submarines, trail: true);
        Set(observation, DiverPlane, in state.Divers, trail: true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(Span<float> observation, int plane, in SeaquestList entities, bool trail)
    {
        foreach (SeaquestEntity entity in entities.All)
        {
            MinAtarGrid.Set(observation, plane, entity.X, entity.Y);
            if (trail)
            {
                SetBehind(observation, TrailPlane, entity.X, entity.Y, entity.Rightward);
            }
        }
    }

    private static void SetBehind(Span<float> observation, int plane, int x, int y, bool rightward)
    {
        int behind = x + (rightward ? -1 : 1);
        if (MinAtarGrid.Contains(behind))
        {
            MinAtarGrid.Set(observation, plane, behind, y);
        }
    }
}
